/**
 * The strict mail address: `dot-atom@host.name`, ASCII, nothing else of RFC 5322. No quoted strings, comments, groups,
 * routes, literals or control characters: those are legal and route elsewhere in one program or another (THREATS S10, S11).
 * Length first (S14): at most 64 before the @, 255 after it (RFC 5321 4.5.3.1), 254 in all (RFC 3696 erratum 1690).
 */
import { OutriderError } from "../errors/index.ts";

const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Is it a plain addr-spec? */
export function isMailAddress(text: string): boolean {
  if (text.length < 3 || text.length > 254) return false;
  const at = text.indexOf("@");
  if (at < 1 || at > 64 || text.includes("@", at + 1)) return false;
  const labels = text.slice(at + 1).split(".");
  return (
    text
      .slice(0, at)
      .split(".")
      .every((part) => atom.test(part)) && labels.every((part) => label.test(part))
  );
}

/** @throws ADDRESS_INVALID naming the agent */
export function requireMailAddress(text: string, agent: string): void {
  if (!isMailAddress(text))
    throw new OutriderError(
      "ADDRESS_INVALID",
      `The mail address of agent ${agent} is ${JSON.stringify(text.slice(0, 100))}; only a plain name@host.example is accepted.`,
      { subject: agent, pointer: "/addresses/email" },
    );
}
