/**
 * A vendor to try things out with, made once in a folder: keys of root, server and a person who releases and pushes,
 * and the trust document that they sign. Nobody else trusts these keys, so they lie open.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sealText, type SealedDocument } from "@outrider/sdk/messages";
import type { KeySource } from "@outrider/sdk/ports";
import type { TrustedKey } from "@outrider/sdk/schema";
import { generateKey, judgeCertificate, openSecretKey } from "@outrider/sdk/signing/openpgp";
import { createTrust, grantRole, TrustSet, writeTrust } from "@outrider/sdk/trust";
import { trialKeyName } from "./trial-key.ts";

/** The vendor. */
export interface TrialVendor {
  readonly trust: TrustSet;
  readonly sealed: SealedDocument<"trust/1">;
  /** The server's. */
  readonly key: KeySource;
  /** Absolute: a key that may release everything and push to everybody. */
  readonly keyFile: string;
  /** Absolute: `trust.json`; its signatures lie beside it. */
  readonly trustFile: string;
  /** Made just now: who pinned the one before would refuse it. */
  readonly isNew: boolean;
}

const validDays = 365;
const serverName = "server.secret.asc";

/**
 * Opens the vendor of a folder; makes one where there is none, or where its trust document has ended.
 *
 * @param keyName of the key that releases and pushes, for people, where it is made now.
 */
export async function openTrialVendor(
  directory: string,
  now: Date,
  keyName: string,
): Promise<TrialVendor> {
  return (await readVendor(directory, now)) ?? makeVendor(directory, now, keyName);
}

async function readVendor(directory: string, now: Date): Promise<TrialVendor | undefined> {
  const trustFile = join(directory, "trust.json");
  try {
    const signatures = await readFile(`${trustFile}.asc`, "utf8");
    const sealed = sealText("trust/1", await readFile(trustFile, "utf8"), [signatures]);
    const keyFile = join(directory, trialKeyName);
    await readFile(keyFile);
    return {
      trust: TrustSet.open(sealed, { now }),
      sealed,
      key: await openSecretKey({ armored: await readFile(join(directory, serverName), "utf8") }),
      keyFile,
      trustFile,
      isNew: false,
    };
  } catch {
    return undefined; // whatever is wrong with it, a new one is made
  }
}

interface MadeKey {
  readonly secret: string;
  readonly trusted: readonly TrustedKey[];
}

async function makeVendor(directory: string, now: Date, keyName: string): Promise<TrialVendor> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const make = async (name: string): Promise<MadeKey> => {
    const { publicKey, secretKey } = await generateKey({ userId: { name } });
    return { secret: secretKey, trusted: await judgeCertificate(publicKey, new Date()) };
  };
  const [root, server, release] = [
    await make("Local root"),
    await make("Local server"),
    await make(keyName),
  ];
  const only = ({ trusted }: MadeKey) => ({ keys: trusted, threshold: 1 });
  const roots = createTrust({ root: only(root), server: only(server) }, { now, validDays });
  const released = grantRole(roots, { role: "release", packages: ["*"] }, only(release));
  const text = writeTrust(grantRole(released, { role: "push", groups: ["*"] }, only(release)));
  const signer = await openSecretKey({ armored: root.secret });
  const keep = (name: string, content: string): Promise<void> =>
    writeFile(join(directory, name), content, { mode: 0o600 });
  await keep("root.secret.asc", root.secret);
  await keep(serverName, server.secret);
  await keep(trialKeyName, release.secret);
  await keep("trust.json.asc", await signer.sign(new TextEncoder().encode(text)));
  await keep("trust.json", text);
  const made = await readVendor(directory, new Date());
  if (made === undefined) throw new Error(`The vendor in ${directory} cannot be read`);
  return { ...made, isNew: true };
}
