/**
 * The only mail addresses that Outrider writes to: dot-atom local part, DNS-name (RFC 5321 4.1.2, a subset).
 *
 * Quoted local parts, comments, display names, groups, routes, domain literals and anything beyond ASCII are refused,
 * because parsers disagree on where they lead (GHSA-3q53-mvfw-q9v8; THREATS S10, S14). Length is looked at first.
 */
import { OutriderError } from "../errors/index.ts";

/** An address that can be read in one way only. */
export interface MailAddress {
  readonly local: string;
  /** Lower case. */
  readonly domain: string;
  /** `local@domain`. */
  readonly text: string;
}

const maxAddressChars = 254; // RFC 5321 4.5.3.1.3 less the angle brackets
const maxLocalChars = 64; // RFC 5321 4.5.3.1.1
const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A name whose last label begins with a digit would be taken for an IP address (WHATWG URL, "ends in a number"). */
const lastLabel = /^[a-z]/;

/**
 * Reads an address.
 *
 * @throws ADDRESS_INVALID
 */
export function parseAddress(text: string): MailAddress {
  if (text.length > maxAddressChars)
    throw refusal(`${text.slice(0, 40)}…`, `is longer than ${maxAddressChars} characters`);
  const at = text.indexOf("@");
  if (at < 1 || at !== text.lastIndexOf("@")) throw refusal(text, "must have exactly one @");
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (local.length > maxLocalChars || !atoms.test(local))
    throw refusal(
      text,
      "has something other than plain letters, digits and !#$%&'*+-/=?^_`{|}~. before the @",
    );
  const labels = domain.split(".");
  if (!labels.every((each) => label.test(each)) || !lastLabel.test(labels.at(-1) ?? ""))
    throw refusal(text, "has something other than a DNS name after the @");
  return { local, domain, text: `${local}@${domain}` };
}

function refusal(text: string, why: string): OutriderError {
  const shown = JSON.stringify(text);
  return new OutriderError(
    "ADDRESS_INVALID",
    `The mail address ${shown} ${why}. Write only the plain address, such as updates@example.com.`,
    { subject: text },
  );
}
