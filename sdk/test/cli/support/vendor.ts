/** A vendor made by commands alone: keys, a signed trust document, a package that was built and signed. */
import type { SourceManifest } from "../../../src/schema/index.ts";
import type { Workshop } from "./workshop.ts";

/** Key files of a person or server. */
export interface KeyFiles {
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Makes a key in `keys/NAME.*`. */
export async function makeKey(
  workshop: Workshop,
  name: string,
  ...more: readonly string[]
): Promise<KeyFiles> {
  return workshop.json("keys", "generate", `keys/${name}`, "--name", name, ...more);
}

/** Source manifest of the vendor's package. */
export const source: SourceManifest = {
  name: "press-control",
  version: "3.0.0",
  files: [{ from: "payload/**", base: "payload" }],
  install: { strategy: "directory" },
};

/** The folder that `build` makes of it. */
export const packageFolder = "dist/press-control-3.0.0";

/** Keys of root, ada (who releases and pushes) and server; `trust.json`, complete. */
export async function makeTrust(
  workshop: Workshop,
): Promise<Record<"root" | "ada" | "server", KeyFiles>> {
  const [root, ada, server] = [
    await makeKey(workshop, "root"),
    await makeKey(workshop, "ada"),
    await makeKey(workshop, "server"),
  ];
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  await workshop.done(
    "trust",
    "add-key",
    ada.publicKey,
    "--role",
    "release",
    "--package",
    "press-*",
  );
  await workshop.done("trust", "add-key", ada.publicKey, "--role", "push", "--group", "*");
  await workshop.done("trust", "sign", "--key", root.secretKey);
  return { root, ada, server };
}

/** A package in `dist`, built but not signed. */
export async function makePackage(
  workshop: Workshop,
  version: string = source.version,
): Promise<string> {
  await workshop.write("payload/app.txt", `press-control ${version}\n`);
  await workshop.write("payload/data/list.txt", "1\n2\n3\n");
  await workshop.write("outrider.json", { ...source, version });
  await workshop.done("build", "--threads", "1", "--level", "1");
  return `dist/${source.name}-${version}`;
}

/** All of it: trust, and a package signed by ada. */
export async function makeVendor(
  workshop: Workshop,
): Promise<Record<"root" | "ada" | "server", KeyFiles>> {
  const keys = await makeTrust(workshop);
  await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
  return keys;
}
