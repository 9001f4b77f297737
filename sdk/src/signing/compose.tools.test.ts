/** What we sign is accepted by everybody: gpg 2.2, sqv, sqop and OpenPGP.js. */
import { execFile } from "node:child_process";
import { sign } from "node:crypto";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { forgeCertificate } from "../../test/support/forge-certificate.ts";
import { forgeKey } from "../../test/support/forge.ts";
import { gnupgHome, type GnupgHome } from "../../test/support/gnupg.ts";
import { testCertificate } from "../../test/support/keys.ts";
import { openpgpjsAccepts, openpgpjsKey } from "../../test/support/openpgpjs.ts";
import { outsideTool } from "../../test/support/tools.ts";
import { agentKeySource, describeAgentKey } from "./agent-key.ts";
import { joinSignatures } from "./blocks.ts";
import { callbackKeySource } from "./sources/index.ts";

const content = Buffer.from("what we sign\r\n");
const createdAt = new Date("2026-01-01T00:00:00Z");
const madeAt = createdAt;

interface Signed {
  readonly certificate: string;
  readonly armored: string;
}

async function byAgent(): Promise<Signed> {
  const key = forgeKey("ed25519", { createdAt });
  const agentKey = describeAgentKey(key.privateKey, createdAt);
  expect(agentKey.fingerprint).toBe(key.fingerprint);
  const armored = await agentKeySource(agentKey).sign(content);
  return { certificate: forgeCertificate(key, { madeAt }), armored };
}

async function byCallback(): Promise<Signed> {
  const key = forgeKey("ed25519", { createdAt });
  const source = callbackKeySource({
    key: key.trusted,
    signDigest: async ({ digest }) => sign(null, digest, key.privateKey),
  });
  return { certificate: forgeCertificate(key, { madeAt }), armored: await source.sign(content) };
}

async function byFile(algorithm: "ed25519" | "nistp384" | "rsa3072"): Promise<Signed> {
  const { certificate, source } = await testCertificate(algorithm, { algorithm });
  return { certificate, armored: await source.sign(content) };
}

test("one block with the signatures of an agent, a callback and three files: all five are good", async () => {
  const signed = [
    await byAgent(),
    await byCallback(),
    await byFile("ed25519"),
    await byFile("nistp384"),
    await byFile("rsa3072"),
  ];
  for (const { certificate, armored } of signed) {
    const key = await openpgpjsKey(certificate);
    expect(await openpgpjsAccepts(content, armored, key, new Date())).toBe(true);
  }
  const [gpg, sqv, sqop] = ["gpg", "sqv", "sqop"].map(outsideTool);
  if (gpg === undefined || sqv === undefined || sqop === undefined) return;
  await using home = await gnupgHome(gpg);
  const block = joinSignatures(signed.map(({ armored }) => armored));
  const [signature, file] = [await home.file("x.asc", block), await home.file("x", content)];
  const certificates = await writeCertificates(home, signed);

  for (const path of certificates) await home.gpg("--import", path);
  const { stdout } = await home.gpg("--status-fd", "1", "--verify", signature, file);
  expect(stdout.match(/^\[GNUPG:\] VALIDSIG/gm)).toHaveLength(5);
  const keyrings = certificates.flatMap((path) => ["--keyring", path]);
  const bySqv = await run(sqv, ["--signatures", "5", ...keyrings, signature, file]);
  expect(bySqv.trim().split("\n")).toHaveLength(5);
  const bySqop = await run(sqop, ["verify", signature, ...certificates]);
  expect(bySqop.trim().split("\n")).toHaveLength(5);
});

function writeCertificates(home: GnupgHome, signed: readonly Signed[]): Promise<string[]> {
  return Promise.all(
    signed.map(({ certificate }, number) => home.file(`${number}.key.asc`, certificate)),
  );
}

async function run(program: string, argv: readonly string[]): Promise<string> {
  const running = promisify(execFile)(program, argv, { timeout: 60_000 });
  running.child.stdin?.end(content);
  return (await running).stdout;
}
