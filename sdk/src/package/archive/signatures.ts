/** The armored blocks of `manifest.json.asc`, as text; `signing/` reads what is in them. */
import { say } from "../../errors/index.ts";
import { maxSignatures } from "../limits.ts";
import { malformed } from "./bytes.ts";

const begin = "-----BEGIN PGP SIGNATURE-----";
const end = "-----END PGP SIGNATURE-----";

/**
 * Splits the text into its blocks; anything else in it is refused. Linear, whatever the text.
 * @throws PACKAGE_MALFORMED
 */
export function splitArmor(text: string, subject: string): string[] {
  const blocks: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const last = rest.indexOf(end);
    if (!rest.startsWith(begin) || last < 0)
      throw malformed(subject, say("manifest.json.asc holds something else than signatures"));
    blocks.push(`${rest.slice(0, last + end.length)}\n`);
    if (blocks.length > maxSignatures)
      throw malformed(subject, say("manifest.json.asc holds more than {0} blocks", maxSignatures));
    rest = rest.slice(last + end.length).trimStart();
  }
  return blocks;
}
