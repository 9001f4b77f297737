/** placeholder */
import { readKeys } from "openpgp";
import type { TrustedKey } from "../../schema/index.ts";
import { fingerprintOf } from "../key.ts";

export async function judgeCertificate(armored: string, _now: Date): Promise<TrustedKey[]> {
  const [key] = await readKeys({ armoredKeys: armored });
  if (key === undefined) return [];
  const body = (key.keyPacket as unknown as { write(): Uint8Array }).write();
  const end = await key.getExpirationTime();
  return [
    {
      fingerprint: fingerprintOf(body),
      primary: fingerprintOf(body),
      owner: key.getUserIDs()[0] ?? "",
      notAfter: (end as Date).toISOString(),
      packet: Buffer.from(body).toString("base64"),
    },
  ];
}
