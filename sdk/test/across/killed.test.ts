/**
 * The agent that is one file, as a process that is really killed: ten copies of one notification come by mail, by a share
 * and by HTTP, and SIGKILL comes between them. The release goes in once and is reported once.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test, vi } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import type { Notification, Receipt } from "../../src/schema/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { sealedReceipt } from "../support/agent-bench.ts";
import { buildAgentFile } from "../support/agent-file.ts";
import { testFolder } from "../support/archives.ts";
import { testDelivery } from "../support/delivery.ts";
import { layOut } from "../support/laid-out.ts";
import { makeMaildir, startMailServer } from "../support/mail.ts";
import { Publisher } from "../support/publisher.ts";
import { startStaticHost } from "../support/static-host.ts";
import { verifies } from "../support/verifies.ts";

/** What the agent says on standard output, as far as it counts here. */
interface Said {
  readonly type: string;
  readonly state?: string;
  readonly version?: string;
}

/** Runs the agent; the one who watches kills or stops it. */
async function run(
  program: string,
  config: string,
  watch: (said: Said, end: (signal: "SIGKILL" | "SIGINT") => void) => void,
): Promise<{ readonly states: string[]; readonly killed: boolean }> {
  const child = spawn(process.execPath, [program, config], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  child.stderr.resume();
  const states: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const said = JSON.parse(line) as Said;
    if (said.state !== undefined) states.push(`${said.version} ${said.state}`);
    watch(said, (signal) => child.kill(signal));
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { states, killed: signal === "SIGKILL" };
}

test("ten copies by mail, share and HTTP, SIGKILL between: installed once, reported once", async () => {
  verifies("claims-5-7", "step-91");
  await using folder = await testFolder();
  const program = folder.at("agent.mjs");
  await buildAgentFile(program);

  const sources: Notification["sources"] = [{ kind: "unc" }];
  const publisher = await Publisher.start(new Date(Date.now() - 60_000)); // the agent has this machine's clock
  const [trust] = publisher.simulator.published;
  if (trust === undefined) throw new Error("no trust document");
  await writeFile(folder.at("trust.json"), encodeEnvelope(trust));
  const [share, web] = [folder.at("share"), folder.at("web")];
  await mkdir(join(share, "receipts"), { recursive: true });
  await using host = await startStaticHost(web);
  const maildir = await makeMaildir(folder.at("mail", "till-7"));
  const relay = await startMailServer({ maildirs: folder.at("mail") });
  const mailer = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
  });
  await writeFile(
    folder.at("config.json"),
    JSON.stringify({
      id: "till-7",
      groups: ["tills"],
      dataDirectory: "data",
      installDirectory: "install",
      trustFile: "trust.json",
      receivers: [
        { kind: "maildir", path: maildir, pollSeconds: 1 },
        { kind: "unc", root: share, pollSeconds: 1 },
        { kind: "http", url: host.url, pollSeconds: 1 },
      ],
      receipts: [{ kind: "unc", root: share }],
    }),
  );

  const release = await publisher.release({
    version: "1.0.0",
    files: { "app.txt": "demo-app 1.0.0\n", "big.bin": randomBytes(12_000_000).toString("hex") },
  });
  const pushed = await publisher.push(release, { notification: { sources } });
  const again = await publisher.announce(release, pushed.trigger, { notification: { sources } }); // the same order, told once more
  // A kill leaves what was not whole yet under another name.
  const listReceipts = async (): Promise<string[]> =>
    (await readdir(join(share, "receipts"))).filter((name) => name.endsWith(".json"));
  let copies = 0;
  const ways = [
    (copy: typeof pushed) =>
      mailer.send({ ...testDelivery(["till-7@shop.test"]), envelope: copy.bytes }),
    (copy: typeof pushed) => layOut(publisher, share, [copy]),
    (copy: typeof pushed) => layOut(publisher, web, [copy]),
  ] as const;
  const tell = async (): Promise<void> => {
    await ways[(copies % 3) as 0 | 1 | 2](copies % 2 === 0 ? pushed : again);
    copies++;
  };

  await tell();
  await tell();
  let kills = 0;
  let isReported = false;
  for (let round = 0; round < 10 && !isReported; round++) {
    const { killed, states } = await run(
      program,
      folder.at("config.json"),
      ({ type, state }, end) => {
        if (state === "reported") end("SIGINT");
        else if (kills < 7 && (state !== undefined || (kills === 0 && type === "progress")))
          end("SIGKILL");
      },
    );
    if (killed) kills++;
    isReported = states.includes("1.0.0 reported");
    await tell();
  }
  expect(isReported).toBe(true);
  expect(kills).toBeGreaterThanOrEqual(3);
  while (copies < 10) await tell();
  const next = await publisher.release({ version: "1.1.0" });
  const { archive } = next;
  await writeFile(join(share, "packages", `${archive.sha256}.outrider`), archive.bytes);
  const told = await publisher.push(next, { notification: { sources } });
  await mailer.send({ ...testDelivery(["till-7@shop.test"]), envelope: told.bytes });
  const last = await run(program, folder.at("config.json"), ({ state }, end) => {
    if (state !== "reported") return;
    const areSent = async (): Promise<boolean> => (await listReceipts()).length === 2;
    void vi.waitUntil(areSent, { timeout: 60_000 }).finally(() => end("SIGINT"));
  });
  expect(last.states.filter((said) => !said.startsWith("1.1.0"))).toEqual([]);

  await mailer.close();
  await relay.close();
  const receipts = await Promise.all(
    (await listReceipts()).map(async (name) => {
      const { text } = sealedReceipt(await readFile(join(share, "receipts", name)));
      return JSON.parse(text) as Receipt;
    }),
  );
  const reported = receipts.map(({ outcome, package: { version } }) => `${version} ${outcome}`);
  expect(reported.toSorted()).toEqual(["1.0.0 installed", "1.1.0 installed"]);
  const versions = await readdir(folder.at("install", "demo-app", "versions"));
  expect(versions.toSorted().map((name) => name.split("-")[0])).toEqual(["1.0.0", "1.1.0"]);
});
