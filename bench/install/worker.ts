/** `prepare HOME`: builds and orders the release whose files lie in HOME/tree. `install HOME`: the agent installs it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAgent } from "../../sdk/src/agent/index.ts";
import { encodeEnvelope, openEnvelope, recognize, sealText } from "../../sdk/src/messages/index.ts";
import { uncObtainer } from "../../sdk/src/obtain/unc/index.ts";
import { buildPackage, sealPackage } from "../../sdk/src/package/build/index.ts";
import { Publisher } from "../../sdk/test/support/publisher.ts";

const [step, home = ""] = process.argv.slice(2);
const share = join(home, "share");
if (step === "prepare") await prepare();
else await install();

async function prepare(): Promise<void> {
  const publisher = await Publisher.start();
  const { simulator } = publisher;
  const sourceFile = join(home, "outrider.json");
  writeFileSync(
    sourceFile,
    JSON.stringify({
      name: "demo-app",
      version: "1.0.0",
      files: [{ from: "tree", base: "tree" }],
      install: { strategy: "directory" },
    }),
  );
  const { directory, manifestText } = await buildPackage({
    sourceFile,
    outputDirectory: join(home, "out"),
    releasedAt: simulator.now,
  });
  const text = new TextEncoder().encode(manifestText);
  const signatures = await Promise.all(
    simulator.signers.release.map(({ source }) => source.sign(text)),
  );
  const { archivePath, sha256, size } = await sealPackage({
    directory,
    signatures: signatures.join(""),
  });
  const { bytes } = await publisher.push(
    {
      name: "demo-app",
      version: "1.0.0",
      manifest: sealText("manifest/1", manifestText, signatures),
      archive: { bytes: new Uint8Array(0), sha256, size },
      patches: [],
    },
    { inline: text.length <= 256 * 1024, notification: { sources: [{ kind: "unc" }] } },
  );
  mkdirSync(join(share, "packages"), { recursive: true });
  writeFileSync(join(share, "packages", `${sha256}.outrider`), readFileSync(archivePath));
  writeFileSync(join(home, "message.json"), bytes);
  const [trust] = simulator.published;
  if (trust !== undefined) writeFileSync(join(home, "trust.json"), encodeEnvelope(trust));
  writeFileSync(join(home, "now"), simulator.now.toISOString());
}

/** Prints the milliseconds from the message to the end of the installation. */
async function install(): Promise<void> {
  const trust = recognize(readFileSync(join(home, "trust.json")), "trust/1");
  if (trust === undefined) throw new Error("no trust document");
  const now = new Date(readFileSync(join(home, "now"), "utf8"));
  const agent = await createAgent({
    id: "till-7",
    groups: ["tills"],
    dataDirectory: join(home, "data"),
    installDirectory: join(home, "install"),
    trust: openEnvelope(trust),
    receivers: [],
    obtainers: [uncObtainer({ roots: [share] })],
    receiptSenders: [],
    clock: { now: () => now },
  });
  const bytes = readFileSync(join(home, "message.json"));
  const start = performance.now();
  const reception = await agent.receiveOne(
    { bytes, origin: "the bench", settle: () => Promise.resolve() },
    { transport: "unc" },
  );
  const ms = performance.now() - start;
  await agent.close();
  if (reception.code !== undefined) throw new Error(reception.detail);
  const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
  process.stdout.write(JSON.stringify({ ms, megabytes: Math.round(megabytes) }));
}
