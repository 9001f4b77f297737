/** The vendor: four people's keys, the trust document that gives each a role, and releases that are built and signed. */
import { sealText, type SealedDocument } from "@outrider/sdk/messages";
import { buildPackage, sealPackage } from "@outrider/sdk/package/build";
import type { KeySource } from "@outrider/sdk/ports";
import type { TrustedKey } from "@outrider/sdk/schema";
import { joinSignatures } from "@outrider/sdk/signing";
import { generateKey, judgeCertificate, openSecretKey } from "@outrider/sdk/signing/openpgp";
import { createTrust, grantRole, writeTrust } from "@outrider/sdk/trust";

/** Somebody with a key. */
export interface Person {
  readonly key: KeySource;
  /** Armored, for other processes. */
  readonly secretKey: string;
  readonly trusted: TrustedKey;
}

/** Everything that is made once. */
export interface Vendor {
  readonly release: Person;
  readonly push: Person;
  readonly server: Person;
  readonly trust: SealedDocument<"trust/1">;
}

/** Makes the keys and has the root key sign the trust document. */
export async function createVendor(packageName: string): Promise<Vendor> {
  const [root, release, push, server] = await Promise.all([
    createPerson("Root", "root@vendor.test"),
    createPerson("Release Engineer", "release@vendor.test"),
    createPerson("Push Officer", "push@vendor.test"),
    createPerson("Update Server", "server@vendor.test"),
  ]);
  let draft = createTrust(
    { root: role(root), server: role(server) },
    { now: new Date(), validDays: 365 },
  );
  draft = grantRole(draft, { role: "release", packages: [packageName] }, role(release));
  draft = grantRole(draft, { role: "push", groups: ["*"] }, role(push));
  const text = writeTrust(draft);
  const signature = await root.key.sign(new TextEncoder().encode(text));
  return { release, push, server, trust: sealText("trust/1", text, [signature]) };
}

function role({ trusted }: Person): { keys: TrustedKey[]; threshold: number } {
  return { keys: [trusted], threshold: 1 };
}

async function createPerson(name: string, email: string): Promise<Person> {
  const made = await generateKey({ userId: { name, email } });
  const [trusted] = await judgeCertificate(made.publicKey, new Date());
  if (trusted === undefined) throw new Error(`the key of ${name} was not made`);
  const { secretKey } = made;
  return { key: await openSecretKey({ armored: secretKey }), secretKey, trusted };
}

/** A release, built and signed: its folder, ready to be published. */
export interface Release {
  readonly version: string;
  readonly directory: string;
  /** Bytes of the payload. */
  readonly payloadBytes: number;
}

/** Builds and signs the release that a source manifest describes. */
export async function release(
  vendor: Vendor,
  sourceFile: string,
  outputDirectory: string,
): Promise<Release> {
  const built = await buildPackage({ sourceFile, outputDirectory, releasedAt: new Date() });
  const signature = await vendor.release.key.sign(new TextEncoder().encode(built.manifestText));
  await sealPackage({ directory: built.directory, signatures: joinSignatures([signature]) });
  const payloadBytes = built.manifest.files.reduce((sum, { size }) => sum + size, 0);
  return { version: built.manifest.version, directory: built.directory, payloadBytes };
}
