/**
 * A notification's signatures against OpenPGP.js, taking turns. Signing: with a server's key as it is opened from its file,
 * and with an agent's own. Verifying three signatures: both start from what an agent has (keys as its trust document holds
 * them, armored blocks) and end with three verdicts.
 *
 *     node bench/signing.ts [--rounds 7] [--times 200]
 */
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { verifySignatures } from "../sdk/src/signing/index.ts";
import { testCertificate, testKey, type TestCertificate } from "../sdk/test/support/keys.ts";
import { openpgpjsAccepts, openpgpjsKey, openpgpjsSigner } from "../sdk/test/support/openpgpjs.ts";
import { compare, figure, type Comparison, type Round } from "./table/row.ts";

type Work = () => unknown;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    times: { type: "string", default: "200" },
  },
});
const times = Number(values.times);
const notification = Buffer.from(
  JSON.stringify({ type: "notification/1", text: "x".repeat(6_000) }),
);
// A moment after everything is signed.
const now = new Date(Date.now() + 60_000);
const names = { ed25519: "Ed25519", nistp256: "P-256", rsa3072: "RSA-3072" } as const;
type Algorithm = keyof typeof names;

for (const algorithm of Object.keys(names) as Algorithm[]) {
  const signers = await Promise.all(
    ["server", "push", "release"].map((owner) => testCertificate(owner, { algorithm })),
  );
  await measureSigning(algorithm, signers);
  await measureVerifying(algorithm, signers);
}
await measureAgentKey();
figure("verifier, minified, the error table apart", `${await size(false)} bytes`);
figure("verifier, minified, with the error table", `${await size(true)} bytes`);

async function measureSigning(
  algorithm: Algorithm,
  [signer]: readonly TestCertificate[],
): Promise<void> {
  if (signer === undefined) return;
  const theirs = await openpgpjsSigner(signer.secret);
  await turns(
    {
      what: `a notification signed with a server's key, ${names[algorithm]}`,
      unit: "ms",
      peer: "OpenPGP.js",
    },
    () => signer.source.sign(notification),
    () => theirs(notification),
  );
}

async function measureAgentKey(): Promise<void> {
  const { source } = testKey("agent");
  const theirs = await openpgpjsSigner((await testCertificate("agent")).secret);
  await turns(
    { what: "a receipt signed with an agent's own key, Ed25519", unit: "ms", peer: "OpenPGP.js" },
    () => source.sign(notification),
    () => theirs(notification),
  );
}

async function measureVerifying(
  algorithm: Algorithm,
  signers: readonly TestCertificate[],
): Promise<void> {
  const signatures = await Promise.all(signers.map(({ source }) => source.sign(notification)));
  const keys = signers.map(({ trusted }) => trusted);
  const ours: Work = () => {
    const verdicts = verifySignatures(notification, signatures, keys, now);
    if (verdicts.length !== 3 || !verdicts.every(({ ok }) => ok)) throw new Error("refused");
  };
  const parse = (): Promise<Awaited<ReturnType<typeof openpgpjsKey>>[]> =>
    Promise.all(signers.map(({ certificate }) => openpgpjsKey(certificate)));
  const parsed = await parse();
  const theirs = async (theirKeys: typeof parsed): Promise<void> => {
    for (const armored of signatures)
      if (!(await openpgpjsAccepts(notification, armored, theirKeys, now)))
        throw new Error("refused");
  };
  const what = `three signatures of a notification verified, ${names[algorithm]}`;
  await turns({ what, unit: "ms", peer: "OpenPGP.js", aim: { atMost: 0.4 } }, ours, async () =>
    theirs(await parse()),
  );
  await turns({ what, unit: "ms", peer: "OpenPGP.js, its keys parsed before" }, ours, () =>
    theirs(parsed),
  );
}

/** Both in turn; the first round warms them up. */
async function turns(comparison: Comparison, ours: Work, theirs: Work): Promise<void> {
  const rounds: Round[] = [];
  for (let round = 0; round <= Number(values.rounds); round++)
    rounds.push({ ours: await measure(ours), theirs: await measure(theirs) });
  compare(comparison, rounds.slice(1));
}

/** Milliseconds of one, the mean of many. */
async function measure(work: Work): Promise<number> {
  const started = performance.now();
  for (let count = 0; count < times; count++) await work();
  return (performance.now() - started) / times;
}

/** Bytes of the verifier as a product bundles it. */
async function size(withErrors: boolean): Promise<number> {
  const { metafile } = await build({
    entryPoints: [new URL("../sdk/src/signing/verify.ts", import.meta.url).pathname],
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .filter(([path]) => withErrors || !path.includes("/errors/"))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}
