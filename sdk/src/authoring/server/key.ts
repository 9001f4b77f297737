/** A key that the trust document would not let act as a server. */
import { say } from "../../errors/index.ts";
import type { ServerConfig } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";
import { keyRemark } from "../trust/keys.ts";

/** Examines a key in gpg-agent; what a key file holds is judged when the server opens it. */
export function examineKey({ key }: ServerConfig, { trust, now }: Surroundings): Remark[] {
  const fingerprint = key.gpg;
  if (fingerprint === undefined || trust === undefined) return [];
  const { keys, roles } = trust.document;
  const pointer = "/key/gpg";
  const own = keys.filter(
    (known) => known.fingerprint === fingerprint || known.primary === fingerprint,
  );
  if (own.length === 0)
    return [
      {
        code: "KEY_UNKNOWN",
        severity: "error",
        pointer,
        sentence: say("The trust document does not know key {0}.", fingerprint),
      },
    ];
  if (!own.some((known) => roles.server.keys.includes(known.fingerprint)))
    return [
      {
        code: "KEY_ROLE",
        severity: "error",
        pointer,
        sentence: say("The trust document does not let key {0} act as a server.", fingerprint),
      },
    ];
  return own.flatMap((known) => keyRemark(trust.document, known, pointer, now));
}
