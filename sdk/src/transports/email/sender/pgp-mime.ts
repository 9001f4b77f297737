/**
 * PGP/MIME, so that a person's mail program can check who sent the mail (RFC 3156). Agents do not rely on it.
 *
 * The signed bytes are the inner part with CRLF line ends and without the line end before the boundary (RFC 3156 5;
 * RFC 2046 5.1.1); they are put on the wire as they are. Leaves are base64 or quoted-printable, so no relay recodes
 * them.
 */
import MimeNode from "nodemailer/lib/mime-node";
import type { KeySource } from "../../../ports/index.ts";
import { streamOf } from "./content.ts";

/** The inner part as signed, its signature and the hash it names. */
export interface SignedContent {
  readonly bytes: Buffer;
  readonly armored: string;
  readonly hashName: string;
}

/** Signs a built inner part. */
export type PartSigner = (built: Buffer) => Promise<SignedContent>;

/** Signs with this key. @throws KEY_PASSPHRASE, KEY_SOURCE, KEY_MISSING */
export function partSigner(key: KeySource): PartSigner {
  return async (built) => {
    const bytes = canonical(built);
    const armored = await key.sign(bytes);
    return { bytes, armored, hashName: hashOf(armored) };
  };
}

/** The `multipart/signed` node without its parts; headers are still to be set. */
export function signedRoot({ hashName }: SignedContent, boundary: string): MimeNode {
  return new MimeNode(
    `multipart/signed; protocol="application/pgp-signature"; micalg=pgp-${hashName}`,
    {
      disableFileAccess: true,
      disableUrlAccess: true,
      baseBoundary: boundary,
      boundaryPrefix: "outrider",
    },
  );
}

/** What follows its header, the same in every mail. */
export async function signedBody(signed: SignedContent, boundary: string): Promise<Buffer> {
  const root = signedRoot(signed, boundary);
  root.createChild().setRaw(streamOf(signed.bytes));
  root.createChild().setRaw(signatureBytes(signed.armored));
  const whole = await root.build();
  return whole.subarray(whole.indexOf("\r\n\r\n"));
}

/** CRLF everywhere, none at the end. */
function canonical(built: Buffer): Buffer {
  const text = built.toString("latin1").replaceAll(/\r?\n/g, "\r\n");
  return Buffer.from(text.replace(/(\r\n)+$/, ""), "latin1");
}

function signatureBytes(armored: string): Buffer {
  const headers = [
    'Content-Type: application/pgp-signature; name="signature.asc"',
    "Content-Description: OpenPGP digital signature",
    'Content-Disposition: attachment; filename="signature.asc"',
    "Content-Transfer-Encoding: 7bit",
  ];
  const lines = armored.trim().split(/\r?\n/);
  return Buffer.from([...headers, "", ...lines].join("\r\n"), "latin1");
}

const hashNames: Readonly<Record<number, string>> = {
  8: "sha256",
  9: "sha384",
  10: "sha512",
  12: "sha3-256",
  14: "sha3-512",
};

/** The hash that a v4 or v6 signature packet names: its fourth octet (RFC 9580 5.2.3); receivers go by it. */
function hashOf(armored: string): string {
  const body = armored.replaceAll("\r", "").split("\n\n").slice(1).join("").split("\n=")[0] ?? "";
  const packet = Buffer.from(body.replaceAll("\n", ""), "base64");
  const first = packet[0] ?? 0;
  const length = packet[1] ?? 0;
  const lengthOctets =
    (first & 0x40) === 0 ? ([1, 2, 4][first & 3] ?? 0) : length < 192 ? 1 : length < 224 ? 2 : 5;
  return hashNames[packet[1 + lengthOctets + 3] ?? 0] ?? "sha512";
}
