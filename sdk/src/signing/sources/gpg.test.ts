import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { gnupgHome } from "../../../test/support/gnupg.ts";
import { testCertificate } from "../../../test/support/keys.ts";
import { outsideTool } from "../../../test/support/tools.ts";
import { verifySignature } from "../verify.ts";
import { listGpgKeys, readListing } from "./gpg-list.ts";
import { gpgKeySource } from "./gpg.ts";

const bytes = Buffer.from("a manifest\r\n");
// The programs in gpg's place are shell scripts.
const isWindows = process.platform === "win32";

describe("with a real gpg", () => {
  test("a key in gpg's keeping signs what the verifier accepts", async () => {
    const program = outsideTool("gpg");
    if (program === undefined) return;
    await using home = await gnupgHome(program);
    const key = await testCertificate("Release", { passphrase: "correct horse" });
    const secret = await home.file("secret.asc", key.secret);
    await home.gpg("--pinentry-mode", "loopback", "--import", secret);
    const reach = { program, homeDirectory: home.directory };

    expect(await listGpgKeys(reach)).toMatchObject([
      {
        fingerprint: key.trusted.fingerprint,
        userIds: [key.trusted.owner],
        algorithm: "eddsaLegacy ed25519",
        secret: "held",
        revoked: false,
        expiresAt: new Date(key.trusted.notAfter),
      },
    ]);

    const { fingerprint } = key.trusted;
    const source = gpgKeySource({ ...reach, fingerprint, passphrase: "correct horse" });
    const armored = await source.sign(bytes);
    expect(verifySignature(bytes, armored, [key.trusted], new Date()).key).toBe(key.trusted);

    await home.file("gpg.conf", "textmode\ncert-digest-algo SHA1\nemit-version\ncomment hello");
    expect(
      verifySignature(bytes, await source.sign(bytes), [key.trusted], new Date()),
    ).toBeTruthy();
  });

  test("a wrong passphrase, and a key that is not there, are told apart", async () => {
    const program = outsideTool("gpg");
    if (program === undefined) return;
    await using home = await gnupgHome(program);
    const key = await testCertificate("Release", { passphrase: "correct horse" });
    await home.gpg("--pinentry-mode", "loopback", "--import", await home.file("s.asc", key.secret));
    const reach = { program, homeDirectory: home.directory };
    const { fingerprint } = key.trusted;
    await expect(
      gpgKeySource({ ...reach, fingerprint, passphrase: "battery" }).sign(bytes),
    ).rejects.toMatchObject({ code: "KEY_PASSPHRASE", subject: fingerprint });
    const stranger = "0".repeat(40);
    await expect(
      gpgKeySource({ ...reach, fingerprint: stranger, passphrase: "x" }).sign(bytes),
    ).rejects.toMatchObject({ code: "KEY_MISSING", subject: stranger });
  });
});

describe("with a gpg that lies", () => {
  const fingerprint = "AB".repeat(20);
  const created = `[GNUPG:] SIG_CREATED D 22 10 00 1700000000 ${fingerprint}`;

  /** A program in gpg's place, from a shell script of a test. */
  async function lying(script: string): Promise<AsyncDisposable & { readonly program: string }> {
    const directory = await mkdtemp(join(tmpdir(), "lying-gpg-"));
    const program = join(directory, "gpg");
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o700);
    return {
      program,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  }

  test.for<[string, string, string]>([
    ["success without a report", "exit 0", "KEY_SOURCE"],
    ["a report on stdout instead of its own descriptor", `echo '${created}'; exit 0`, "KEY_SOURCE"],
    ["a report on stderr", `echo '${created}' >&2; exit 0`, "KEY_SOURCE"],
    ["a report without a signature", `echo '${created}' >&3; exit 0`, "KEY_SOURCE"],
    ["a report, but failure", `echo '${created}' >&3; exit 2`, "KEY_SOURCE"],
    ["a report of another key", `echo '${created.replace("AB", "CD")}' >&3`, "KEY_SOURCE"],
    ["a report of text mode", `echo '${created.replace(" 00 ", " 01 ")}' >&3`, "KEY_SOURCE"],
    ["a report inside another line", `echo '[GNUPG:] NOTATION x ${created}' >&3`, "KEY_SOURCE"],
    ["no secret key", "echo '[GNUPG:] INV_SGNR 9 x' >&3; exit 2", "KEY_MISSING"],
    ["a bad passphrase", "echo '[GNUPG:] BAD_PASSPHRASE x' >&3; exit 2", "KEY_PASSPHRASE"],
    ["no end of words", "yes", "KEY_SOURCE"],
  ])("%s is no signature", async ([, script, code]) => {
    if (isWindows) return;
    await using gpg = await lying(script);
    const source = gpgKeySource({ program: gpg.program, fingerprint });
    await expect(source.sign(Buffer.alloc(300_000))).rejects.toMatchObject({ code });
  });

  test("one that hangs is ended after its time, or when it is no longer wanted", async () => {
    if (isWindows) return;
    await using gpg = await lying("exec sleep 60");
    const slow = gpgKeySource({ program: gpg.program, fingerprint, timeoutMs: 100 });
    await expect(slow.sign(bytes)).rejects.toMatchObject({ code: "KEY_SOURCE" });
    const source = gpgKeySource({ program: gpg.program, fingerprint });
    const signing = source.sign(bytes, { signal: AbortSignal.timeout(100) });
    await expect(signing).rejects.toMatchObject({ code: "CANCELLED" });
  });

  test("one that is not there", async () => {
    const source = gpgKeySource({ program: "/nowhere/gpg", fingerprint });
    await expect(source.sign(bytes)).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });

  test("the passphrase is never an argument, and there is no shell", async () => {
    if (isWindows) return;
    const passphrase = "$(id) secret";
    const complaint = async (script: string): Promise<string> => {
      await using gpg = await lying(script);
      const source = gpgKeySource({ program: gpg.program, fingerprint, passphrase });
      const error: unknown = await source.sign(bytes).catch((error: unknown) => error);
      return (error as Error).message;
    };
    expect(await complaint("cat <&4 >&2; exit 2")).toContain("$(id) secret");
    const argv = await complaint('echo "$*" >&2; exit 2');
    expect(argv).toContain(`--passphrase-fd 4 --local-user ${fingerprint}!`);
    expect(argv).not.toContain("secret");
  });
});

test("a fingerprint that is none never reaches gpg", () => {
  for (const fingerprint of ["", "ABCD", "--version", `${"A".repeat(40)};id`, "G".repeat(40)])
    expect(() => gpgKeySource({ fingerprint })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  const spaced = "abcd abcd abcd abcd abcd  abcd abcd abcd abcd abcd";
  expect(gpgKeySource({ fingerprint: spaced }).fingerprint).toBe("ABCD".repeat(10));
});

test("a listing is read line by line; strange lines are passed over", () => {
  const listing = [
    "sec:r:3072:1:0123456789ABCDEF:1500000000:1600000000::u:::scESC:::+::::0:",
    "fpr:::::::::0000111122223333444455556666777788889999:",
    "grp:::::::::whatever:",
    "uid:r::::1500000000::HASH::A \\x3a colon\\x1b[2J::::::::::0:",
    "ssb:r:3072:1:1123456789ABCDEF:1500000000::::::e:::+::::0:",
    "fpr:::::::::FFFF111122223333444455556666777788889999:",
    "uid:-::::::::Second::::::::::0:",
    "what:is:this",
  ].join("\n");
  expect(readListing(listing)).toEqual([
    {
      fingerprint: "0000111122223333444455556666777788889999",
      userIds: ["A : colon\ufffd[2J", "Second"],
      algorithm: "rsa 3072",
      createdAt: new Date("2017-07-14T02:40:00Z"),
      expiresAt: new Date("2020-09-13T12:26:40Z"),
      revoked: true,
      secret: "held",
    },
  ]);
  expect(readListing("")).toEqual([]);
});
