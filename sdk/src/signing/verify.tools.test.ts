/**
 * Holds the verifier against gpg 2.2, sqv and sqop: the same signatures, and the same verdict but for what `twists.ts`
 * lists. gpg's verdict is its exit code, as a script would take it.
 */
import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import {
  forgeCertificate,
  type ForgedCertificateOptions,
} from "../../test/support/forge-certificate.ts";
import {
  forgeArmor,
  forgeKey,
  forgeSignature,
  subpacket,
  type ForgedKey,
  type ForgedKind,
} from "../../test/support/forge.ts";
import { gnupgHome, type GnupgHome } from "../../test/support/gnupg.ts";
import { outsideTool } from "../../test/support/tools.ts";
import { isListed, twists, type Twist, type Verifier } from "../../test/support/twists.ts";
import { verifySignatures } from "./verify.ts";

// Programs have no `now`, so all of this is about the present.
const now = new Date(Math.floor(Date.now() / 1000) * 1000);
const made = new Date(now.getTime() - 3_600_000);
const createdAt = new Date(now.getTime() - 30 * 86_400_000);
// What all of them read: gpg 2.2 knows neither version 6 nor algorithm 27.
const kinds: readonly ForgedKind[] = ["ed25519", "nistp256", "nistp384", "rsa3072"];
const content = Buffer.from("the content\r\n");

interface Case {
  readonly twist: Twist;
  readonly key: ForgedKey;
  readonly hash: number;
}

function makeCases(): { readonly keys: readonly ForgedKey[]; readonly cases: readonly Case[] } {
  const keys = kinds.map((kind) => forgeKey(kind, { createdAt }));
  const [first] = keys;
  const plain = twists.slice(0, 3);
  return {
    keys,
    cases: [
      ...plain.flatMap((twist) =>
        keys.flatMap((key) => [8, 9, 10].map((hash) => ({ twist, key, hash }))),
      ),
      ...twists.flatMap((twist) => [first!, keys.at(-1)!].map((key) => ({ twist, key, hash: 10 }))),
    ],
  };
}

/** The arguments and the standard input with which a program judges. */
type Call = (files: { readonly signature: string; readonly content: string }) => readonly string[];

async function findSurprises(
  verifier: Verifier,
  program: string,
  home: GnupgHome,
  cases: readonly Case[],
  call: Call,
): Promise<string[]> {
  const surprises: string[] = [];
  const judge = async ({ twist, key, hash }: Case, number: number): Promise<void> => {
    const twisted = twist.make(content, key, made, hash);
    const files = {
      content: await home.file(`${number}`, twisted.content),
      signature: await home.file(`${number}.asc`, twisted.armored),
    };
    const theirs = await succeeds(program, call(files), twisted.content);
    const verdicts = verifySignatures(twisted.content, [twisted.armored], [key.trusted], now);
    const ours = verdicts.length === 1 && verdicts.every(({ ok }) => ok);
    const name = `${twist.name}, ${key.kind}, hash ${hash}`;
    if (ours !== isListed(twist, "outrider", key, hash))
      surprises.push(`outrider ${ours}: ${name}`);
    if (theirs !== isListed(twist, verifier, key, hash))
      surprises.push(`${verifier} ${theirs}: ${name}`);
  };
  // A few at a time: starting programs is what takes the time.
  for (let at = 0; at < cases.length; at += 4)
    await Promise.all(cases.slice(at, at + 4).map((each, index) => judge(each, at + index)));
  return surprises;
}

function succeeds(program: string, argv: readonly string[], input: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const child = execFile(program, argv, { timeout: 60_000 }, (error) => resolve(error === null));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

async function certificates(home: GnupgHome, keys: readonly ForgedKey[]): Promise<string[]> {
  return Promise.all(
    keys.map((key) => home.file(`${key.kind}.asc`, forgeCertificate(key, { madeAt: createdAt }))),
  );
}

test("gpg 2.2 says what is listed", async () => {
  const gpg = outsideTool("gpg");
  if (gpg === undefined) return;
  await using home = await gnupgHome(gpg);
  const { keys, cases } = makeCases();
  for (const path of await certificates(home, keys)) await home.gpg("--import", path);
  const argv = ["--homedir", home.directory, "--batch", "--no-tty", "--trust-model", "always"];
  const call: Call = (files) => [...argv, "--verify", files.signature, files.content];
  expect(await findSurprises("gpg", gpg, home, cases, call)).toEqual([]);
});

test("sqv says what is listed", async () => {
  const sqv = outsideTool("sqv");
  if (sqv === undefined) return;
  await using home = await gnupgHome("gpg");
  const { keys, cases } = makeCases();
  const keyrings = (await certificates(home, keys)).flatMap((path) => ["--keyring", path]);
  const call: Call = (files) => [...keyrings, files.signature, files.content];
  expect(await findSurprises("sqv", sqv, home, cases, call)).toEqual([]);
});

test("sqop says what is listed", async () => {
  const sqop = outsideTool("sqop");
  if (sqop === undefined) return;
  await using home = await gnupgHome("gpg");
  const { keys, cases } = makeCases();
  const paths = await certificates(home, keys);
  const call: Call = (files) => ["verify", files.signature, ...paths];
  expect(await findSurprises("sqop", sqop, home, cases, call)).toEqual([]);
});

/** Keys that we refuse, and who of the others accepts what they sign. */
const refusedKeys: readonly {
  readonly name: string;
  readonly key: () => ForgedKey;
  readonly certificate?: ForgedCertificateOptions;
  readonly accepts: readonly Verifier[];
}[] = [
  {
    name: "RSA of 2048 bits",
    key: () => forgeKey("rsa2048", { createdAt }),
    accepts: ["gpg", "sqv", "sqop"],
  },
  {
    name: "P-521",
    key: () => forgeKey("nistp521", { createdAt }),
    accepts: ["gpg", "sqv", "sqop"],
  },
  {
    name: "a key that has ended since",
    key: () => forgeKey("ed25519", { createdAt, notAfter: new Date(now.getTime() - 60_000) }),
    certificate: { expires: 30 * 86_400 - 60 },
    accepts: ["gpg", "sqv", "sqop"],
  },
];

test.for(refusedKeys)("what others accept of $name, we refuse", async (refused) => {
  const key = refused.key();
  const certificate = forgeCertificate(key, { madeAt: createdAt, ...refused.certificate });
  const armored = forgeArmor(
    forgeSignature(content, key, { createdAt: made, unhashed: [keyId(key)] }),
  );
  const [verdict] = verifySignatures(content, [armored], [key.trusted], now);
  expect(verdict!.ok).toBe(false);
  const [gpg, sqv, sqop] = ["gpg", "sqv", "sqop"].map(outsideTool);
  if (gpg === undefined || sqv === undefined || sqop === undefined) return;
  await using home = await gnupgHome(gpg);
  const [path, signature, file] = [
    await home.file("key.asc", certificate),
    await home.file("content.asc", armored),
    await home.file("content", content),
  ];
  await home.gpg("--import", path);
  const accepting = {
    gpg: await succeeds(
      gpg,
      ["--homedir", home.directory, "--batch", "--verify", signature, file],
      content,
    ),
    sqv: await succeeds(sqv, ["--keyring", path, signature, file], content),
    sqop: await succeeds(sqop, ["verify", signature, path], content),
  };
  expect(
    Object.entries(accepting)
      .filter(([, accepts]) => accepts)
      .map(([name]) => name),
  ).toEqual(refused.accepts);
});

function keyId({ fingerprint }: ForgedKey): Buffer {
  return subpacket(16, Buffer.from(fingerprint.slice(24), "hex"));
}
