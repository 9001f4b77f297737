/**
 * A notification with three signatures: ours against OpenPGP.js in one run, taking turns. Both start from what an agent
 * has (keys as its trust document holds them, armored blocks) and end with three verdicts.
 *
 *     node bench/verify.ts [--rounds 7] [--times 200]
 */
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { verifySignatures } from "../sdk/src/signing/index.ts";
import { testCertificate, type TestCertificate } from "../sdk/test/support/keys.ts";
import { openpgpjsAccepts, openpgpjsKey } from "../sdk/test/support/openpgpjs.ts";
import { tellRatio } from "./ratio.ts";

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

const rows: string[][] = [];
for (const algorithm of ["ed25519", "nistp256", "rsa3072"] as const) {
  const signers = await Promise.all(
    ["server", "push", "release"].map((owner) => testCertificate(owner, { algorithm })),
  );
  const signatures = await Promise.all(signers.map(({ source }) => source.sign(notification)));
  const keys = signers.map(({ trusted }) => trusted);
  const rounds: { ours: number; theirs: number; warm: number }[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const ours = await measure(() => byUs(signatures, keys));
    const theirs = await measure(() => byOpenpgpjs(signatures, signers));
    const parsed = await parseKeys(signers);
    const warm = await measure(() => byOpenpgpjs(signatures, signers, parsed));
    // The first round warms all three up.
    if (round > 0) rounds.push({ ours, theirs, warm });
  }
  const median = (pick: (round: (typeof rounds)[0]) => number): number =>
    rounds.map(pick).toSorted((left, right) => left - right)[Math.floor(rounds.length / 2)] ?? NaN;
  tellRatio({
    what: `three signatures verified, ${algorithm}, seconds`,
    peer: "OpenPGP.js",
    ratio: median(({ ours, theirs }) => ours / theirs),
    aim: "<= 0.40",
  });
  rows.push([
    algorithm,
    `${median(({ ours }) => ours).toFixed(3)} ms`,
    `${median(({ theirs }) => theirs).toFixed(3)} ms`,
    median(({ ours, theirs }) => ours / theirs).toFixed(2),
    median(({ ours, warm }) => ours / warm).toFixed(2),
  ]);
}

say(["three signatures", "ours", "OpenPGP.js", "ratio", "ratio, its keys parsed before"]);
for (const row of rows) say(row);
say(["aim", "", "", "<= 0.40", ""]);
const bytes = await Promise.all(
  ["errors apart", "with errors"].map((name) => size(name === "with errors")),
);
say(["verifier, minified", `${bytes[0]} bytes`, `${bytes[1]} with the error table`]);

function byUs(signatures: readonly string[], keys: TestCertificate["trusted"][]): void {
  const verdicts = verifySignatures(notification, signatures, keys, now);
  if (verdicts.length !== 3 || !verdicts.every(({ ok }) => ok)) throw new Error("refused");
}

type Keys = Awaited<ReturnType<typeof openpgpjsKey>>[];

function parseKeys(signers: readonly TestCertificate[]): Promise<Keys> {
  return Promise.all(signers.map(({ certificate }) => openpgpjsKey(certificate)));
}

async function byOpenpgpjs(
  signatures: readonly string[],
  signers: readonly TestCertificate[],
  parsed?: Keys,
): Promise<void> {
  const keys = parsed ?? (await parseKeys(signers));
  for (const armored of signatures)
    if (!(await openpgpjsAccepts(notification, armored, keys, now))) throw new Error("refused");
}

/** Milliseconds of one, the mean of many. */
async function measure(work: () => void | Promise<void>): Promise<number> {
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

function say(cells: readonly string[]): void {
  const line = cells.map((cell) => cell.padEnd(22)).join("");
  process.stdout.write(`${line.trimEnd()}\n`);
}
