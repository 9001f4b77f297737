import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import type { AuditLine } from "../../src/server/audit/entry.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import type { WayIn } from "../../src/server/raw.ts";
import { maildirReceiver } from "../../src/transports/email/receiver/index.ts";
import { part } from "../support/mime.ts";
import { tampered, Vendor } from "../support/vendor.ts";
import { verifies } from "../support/verifies.ts";

let vendor: Vendor;
let folder: string;
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-ways-"));
  for (const name of ["new", "cur", "tmp"])
    await mkdir(join(folder, "mail", name), { recursive: true });
  const receiver = maildirReceiver({
    path: join(folder, "mail"),
    spoolDirectory: join(folder, "reading"),
    pollMs: 20,
  });
  vendor = await Vendor.open({
    listen: { port: 0 },
    spool: { directory: join(folder, "spool"), pollMs: 10, settleMs: 50 },
    inboxes: [{ receiver, via: "email" }],
  });
  url = (await vendor.server.start()).url ?? "";
});
afterEach(async () => {
  await vendor.close();
  await rm(folder, { recursive: true });
});

/** As a mail system or a careful writer puts it: written whole under another name. */
async function put(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, "unfinished"), content);
  await utimes(join(folder, "unfinished"), 0, 0);
  await rename(join(folder, "unfinished"), path);
}

function letter(trigger: Uint8Array): string {
  const body = Buffer.from(trigger).toString("base64").replaceAll(/.{76}/g, "$&\n");
  const content = part("application/vnd.outrider.trigger+json", body);
  return `From: ada@vendor.test\nOutrider-Document: trigger/1\nMIME-Version: 1.0\n${content}`;
}

const ways: Readonly<Partial<Record<WayIn, (trigger: Uint8Array) => Promise<unknown>>>> = {
  process: (trigger) => vendor.server.submit(trigger),
  http: (trigger) =>
    fetch(new URL("triggers", url), { method: "POST", body: Buffer.from(trigger) }),
  spool: (trigger) => put(join(folder, "spool", `${randomUUID()}.json`), trigger),
  email: (trigger) => put(join(folder, "mail/new", randomUUID()), letter(trigger)),
  // What `outrider trigger receive` does with its standard input.
  stdin: (trigger) => vendor.server.take(trigger, "stdin"),
};

async function audited(): Promise<(string | undefined)[][]> {
  const lines: AuditLine[] = [];
  const onLine = (line: AuditLine): unknown => lines.push(line);
  await verifyAudit({ path: vendor.auditPath, fileSystem: nodeFileSystem, onLine });
  return lines.map(({ kind, via, verdict, code }) => [kind, via, verdict, code]);
}

test.each(Object.entries(ways))(
  "by %s: what is good is deployed, what is forged or comes again is refused, each with its line",
  async (via, bring) => {
    verifies("ways-in");
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1" }]);
    const id = randomUUID();
    const trigger = await vendor.trigger(hosted, { id });
    await bring(tampered(trigger, (text) => text.replace("tills", "banks")));
    await expect.poll(async () => (await audited()).length).toBe(1);
    await bring(trigger);
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
    await bring(trigger);
    await expect.poll(audited).toEqual([
      ["trigger", via, "refused", "SIGNATURE_INVALID"],
      ["trigger", via, "accepted", undefined],
      ["trigger", via, "refused", "REPLAYED"],
    ]);
    expect((await vendor.store.deployments.progress(id))?.state).toBe("running");
    expect(await readFile(vendor.auditPath, "utf8")).not.toContain("banks");
  },
);
