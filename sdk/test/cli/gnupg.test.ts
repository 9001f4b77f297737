/** GnuPG and Sequoia accept what we sign, and we accept what gpg signs. */
import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gnupgHome, type GnupgHome } from "../support/gnupg.ts";
import { outsideTool } from "../support/tools.ts";
import { makePackage, makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const execute = promisify(execFile);
const manifest = `${packageFolder}/manifest.json`;

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeVendor(workshop);
});
afterAll(() => workshop.close());

/** A home with a key in it that gpg made itself. */
async function homeWithKey(
  program: string,
  ...generation: readonly string[]
): Promise<GnupgHome & { readonly fingerprint: string }> {
  const home = await gnupgHome(program);
  await home.gpg("--passphrase", "", ...generation);
  const { stdout } = await home.gpg("--with-colons", "--list-secret-keys");
  const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(stdout)?.[1] ?? "";
  return { ...home, fingerprint };
}

/** Gives the key of that home the role release, beside Ada, in a trust document of its own. */
async function trustGpgKey(home: GnupgHome, trust: string): Promise<void> {
  const { stdout } = await home.gpg("--armor", "--export");
  const certificate = await workshop.write(`${trust}.asc`, stdout);
  const options = ["--trust", trust];
  await workshop.done(
    "trust",
    "init",
    "--root",
    keys.root.publicKey,
    "--server",
    keys.server.publicKey,
    ...options,
  );
  await workshop.done(
    "trust",
    "add-key",
    certificate,
    "--role",
    "release",
    "--package",
    "*",
    ...options,
  );
  await workshop.done("trust", "sign", "--key", keys.root.secretKey, ...options);
}

test("gpg --verify accepts what outrider sign made", async () => {
  const program = outsideTool("gpg");
  if (program === undefined) return;
  await using home = await gnupgHome(program);
  await home.gpg("--import", workshop.path(keys.ada.publicKey));
  const { stderr, stdout } = await home.gpg(
    "--status-fd",
    "1",
    "--verify",
    workshop.path(`${manifest}.asc`),
    workshop.path(manifest),
  );
  expect(stderr).toContain("Good signature");
  expect(stdout).toContain(`VALIDSIG ${keys.ada.fingerprint}`);
});

test("gpg --verify accepts each of two signatures, the trust document's and a package's", async () => {
  const program = outsideTool("gpg");
  if (program === undefined) return;
  await using home = await gnupgHome(program);
  for (const { publicKey } of Object.values(keys))
    await home.gpg("--import", workshop.path(publicKey));
  const folder = await makePackage(workshop, "3.1.0");
  for (const { secretKey } of [keys.ada, keys.server])
    await workshop.done("sign", folder, "--key", secretKey);
  for (const path of [`${folder}/manifest.json`, "trust.json"]) {
    const { stdout } = await home.gpg(
      "--status-fd",
      "1",
      "--verify",
      workshop.path(`${path}.asc`),
      workshop.path(path),
    );
    expect(stdout).toContain("GOODSIG");
    expect(stdout).not.toContain("BADSIG");
  }
});

test.for(["sqv", "sqop"])("%s accepts what outrider sign made", async (name) => {
  const program = outsideTool(name);
  if (program === undefined) return;
  const [signature, document, certificate] = [`${manifest}.asc`, manifest, keys.ada.publicKey];
  if (name === "sqv") {
    const { stdout } = await execute(program, ["--keyring", certificate, signature, document], {
      cwd: workshop.directory,
    });
    expect(stdout.trim()).toBe(keys.ada.fingerprint);
    return;
  }
  const script = `"$0" verify "$1" "$2" < "$3"`;
  const { stdout } = await execute(
    "sh",
    ["-c", script, program, signature, certificate, document],
    { cwd: workshop.directory },
  );
  expect(stdout).toContain(keys.ada.fingerprint);
});

describe.for([
  ["Ed25519", ["--quick-generate-key", "Gerda <gerda@example.org>", "ed25519", "sign", "1y"]],
  ["RSA 3072", ["--quick-generate-key", "Gerda <gerda@example.org>", "rsa3072", "sign", "1y"]],
  ["NIST P-256", ["--quick-generate-key", "Gerda <gerda@example.org>", "nistp256", "sign", "1y"]],
] as const)("a key that gpg made: %s", ([name, generation]) => {
  test("outrider verify accepts what gpg --detach-sign made", async () => {
    const program = outsideTool("gpg");
    if (program === undefined) return;
    await using home = await homeWithKey(program, ...generation);
    const trust = `gpg-${name.replaceAll(" ", "-")}.json`;
    await trustGpgKey(home, trust);
    const folder = await makePackage(workshop, `4.0.0-${name.replaceAll(/\W/g, "")}`);
    const signed = workshop.path(folder, "manifest.json");
    await home.gpg("--armor", "--output", `${signed}.asc`, "--detach-sign", signed);
    const { exit, stdout } = await workshop.run(["verify", folder, "--trust", trust]);
    expect(stdout).toContain(`it is signed by Gerda <gerda@example.org> (${home.fingerprint})`);
    expect(exit).toBe(0);

    // The archive, which travels alone, learns of it by sign --signature.
    const archive = `${folder}/${folder.slice("dist/".length)}.outrider`;
    const before = await workshop.run(["verify", archive, "--trust", trust]);
    expect(before.stdout).toContain("is refused: SIGNATURE_MISSING");
    await rename(`${signed}.asc`, workshop.path("gerda.asc"));
    const said = await workshop.done("sign", folder, "--signature", "gerda.asc", "--trust", trust);
    expect(said).toContain(`Signed by ${home.fingerprint}.`);
    expect(said).toContain("1 of 1 signed");
    expect(await workshop.done("verify", archive, "--trust", trust)).toContain("is good.");
  });
});

test("outrider sign --gpg signs with a key of gpg-agent", async () => {
  const program = outsideTool("gpg");
  if (program === undefined) return;
  await using home = await homeWithKey(
    program,
    "--quick-generate-key",
    "Gerda",
    "ed25519",
    "sign",
    "1y",
  );
  await trustGpgKey(home, "agent.json");
  const folder = await makePackage(workshop, "4.1.0");
  const signing = workshop.startIn(
    { GNUPGHOME: home.directory },
    "sign",
    folder,
    "--gpg",
    home.fingerprint,
    "--trust",
    "agent.json",
  );
  expect(await signing.ended()).toEqual({ exit: 0, signal: null });
  expect(signing.stdout).toContain(`Signed by ${home.fingerprint}.`);
  expect(signing.stdout).toContain("1 of 1 signed (Gerda), enough");
  expect(await workshop.done("verify", folder, "--trust", "agent.json")).toContain("is good.");

  const listing = workshop.startIn(
    { GNUPGHOME: home.directory },
    "keys",
    "list",
    "--gpg",
    "--json",
  );
  expect(await listing.ended()).toEqual({ exit: 0, signal: null });
  expect(JSON.parse(listing.stdout)).toMatchObject({
    keys: [{ fingerprint: home.fingerprint, secret: "held" }],
  });
});

test("a signature that does not fit is not added", async () => {
  const folder = await makePackage(workshop, "4.2.0");
  await workshop.write("other.asc", await workshop.read(`${manifest}.asc`));
  const before = await workshop.snapshot();
  const { exit, stderr } = await workshop.run(["sign", folder, "--signature", "other.asc"]);
  expect(exit).toBe(1);
  expect(stderr).toMatch(/^error SIGNATURE_INVALID: /m);
  expect(await workshop.snapshot()).toEqual(before);
});
