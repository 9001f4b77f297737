/** Shares that nobody mounted, on a real Samba: what an administrator may set up, and what he may get wrong. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import { transportConformance, type TransportUnderTest } from "../../src/testing/index.ts";
import { smbclientShare } from "../../src/transport/smbclient/index.ts";
import { treeNames } from "../../src/transport/tree/index.ts";
import { uncReceiptInbox, uncReceiptSender } from "../../src/transports/unc/receipts/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { startSamba, type Samba } from "../servers/samba.ts";
import { testArchive, testFolder } from "../support/archives.ts";
import { cuttingProxy } from "../support/cutting-proxy.ts";

let samba: Samba | undefined;
beforeAll(async () => {
  samba = await startSamba();
});
afterAll(async () => samba?.[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
let folders = 0;

/** A folder on the share of one test's own, that nobody has made yet. */
function folderOn(server: Samba, share: "pkg" | "sealed" | "guest" = "pkg"): string {
  return `${server.access(share, "guest").root}/site ${++folders}/tree`;
}

describe("transport conformance: unc through smbclient", () => {
  const setup = async (server: Samba): Promise<TransportUnderTest> => {
    const folder = await testFolder();
    const root = folderOn(server);
    return {
      sender: uncSender({
        share: smbclientShare({ ...server.access("pkg", "publisher"), root }),
      }),
      address: "share",
      openReceiver: () =>
        uncReceiver({
          share: smbclientShare({ ...server.access("pkg", "agent"), root }),
          pollMs: 20,
        }),
      directory: folder.path,
      attaches: false,
      showsCatalog: true,
      close: () => folder[Symbol.asyncDispose](),
    };
  };
  const cases = transportConformance(async () => {
    if (samba === undefined) throw new Error("Samba is missing");
    return setup(samba);
  });
  test.each(cases)("$name", async ({ run }) => {
    if (samba === undefined) return;
    await expect(run()).resolves.toBeUndefined();
  });
});

test("an encrypted share is written and read, and nothing of it can be read on the wire", async () => {
  if (samba === undefined) return;
  await using wire = await cuttingProxy(samba.port);
  const access = { ...samba.access("sealed", "publisher"), port: wire.port, encrypt: true };
  const share = smbclientShare({ ...access, root: folderOn(samba, "sealed") });
  await share.write(treeNames.catalog, bytesOf("the very secret catalog"));
  expect(Buffer.from(await share.read(treeNames.catalog, 100)).toString()).toBe(
    "the very secret catalog",
  );
  expect(wire.seen("the very secret catalog")).toBe(false);
  const open = smbclientShare({
    ...samba.access("pkg", "publisher"),
    port: wire.port,
    root: folderOn(samba),
  });
  await open.write(treeNames.catalog, bytesOf("the very open catalog"));
  expect(wire.seen("the very open catalog")).toBe(true);
});

test("an agent that may only read gets what is there, and drops its receipts", async () => {
  if (samba === undefined) return;
  const publisher = smbclientShare(samba.access("pkg", "publisher"));
  const agent = smbclientShare(samba.access("pkg", "agent"));
  await publisher.write(treeNames.catalog, bytesOf("catalog"));
  await expect(agent.write(treeNames.catalog, bytesOf("mine"))).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("NT_STATUS_ACCESS_DENIED"),
  });
  const sender = uncReceiptSender({ share: agent });
  for (const receipt of ["one", "two"]) await sender.send(bytesOf(receipt), { signal });
  const stop = new AbortController();
  const heard: string[] = [];
  const inbox = uncReceiptInbox({ share: publisher, pollMs: 20 });
  for await (const incoming of inbox.receive({ signal: stop.signal })) {
    heard.push(Buffer.from(incoming.bytes).toString());
    await incoming.settle("handled");
    if (heard.length === 2) stop.abort();
  }
  expect(heard.toSorted()).toEqual(["one", "two"]);
  expect(await readdir(join(samba.folderOf("pkg"), "receipts"))).toEqual([]);
  expect(await readFile(join(samba.folderOf("pkg"), "catalog.json"), "utf8")).toBe("catalog");
});

test("guests are served without a login; what is not there, or not for us, is said", async () => {
  if (samba === undefined) return;
  const guest = smbclientShare(samba.access("guest", "guest"));
  await guest.write(treeNames.catalog, bytesOf("for all"));
  expect(Buffer.from(await guest.read(treeNames.catalog, 100)).toString()).toBe("for all");
  await expect(guest.read(treeNames.trust(1), 100)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(guest.read(treeNames.catalog, 3)).rejects.toMatchObject({
    code: "DOCUMENT_TOO_LARGE",
  });
  const dead = smbclientShare(samba.access("dead", "guest"));
  await expect(dead.read(treeNames.catalog, 100)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    message: expect.stringContaining("NT_STATUS_BAD_NETWORK_NAME"),
  });
  await using folder = await testFolder();
  const credentialsFile = folder.at("credentials");
  await writeFile(credentialsFile, "username = agent\npassword = wrong\n", { mode: 0o600 });
  const locked = smbclientShare({ ...samba.access("pkg", "agent"), credentialsFile });
  await expect(locked.read(treeNames.catalog, 100)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("NT_STATUS_LOGON_FAILURE"),
  });
});

test("neither the password nor anything of a message is among smbclient's arguments, and there is one command a call", async () => {
  if (samba === undefined) return;
  await using folder = await testFolder();
  const program = folder.at("spy");
  const real = execFileSync("which", ["smbclient"]).toString().trim();
  await writeFile(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$*" >>"${folder.at("log")}"\nenv >>"${folder.at("env")}"\nexec "${real}" "$@"\n`,
  );
  await chmod(program, 0o755);
  const access = { ...samba.access("pkg", "publisher"), program, root: folderOn(samba) };
  await smbclientShare(access).write(treeNames.catalog, bytesOf("$(touch x); !touch x"));
  const calls = (await readFile(folder.at("log"), "utf8")).trim().split("\n");
  expect(calls.length).toBeGreaterThan(2);
  for (const call of calls) {
    expect(call).not.toMatch(/secret|touch|;|!/);
    expect(call).toMatch(/ -E -c (get|put|ls|rename|mkdir|del) [^;]*$/);
  }
  expect(await readFile(folder.at("env"), "utf8")).not.toMatch(/^(USER|PASSWD|HOME)=/m);
});

test.each([
  "//server",
  "//server/",
  "server/share",
  '//server/sh"are',
  "//server/share/a;!id",
  "//server/share/../other",
  "//-x/share ;",
  "//server/share/a\nb",
])("a root that could be taken for a command is refused: %j", (root) => {
  expect(() => smbclientShare({ root })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }) as Error,
  );
});

test("a program that is missing is said to be missing", async () => {
  const share = smbclientShare({ root: "//127.0.0.1/pkg", program: "no-such-smbclient" });
  await expect(share.read(treeNames.catalog, 100)).rejects.toMatchObject({ code: "TOOL_MISSING" });
});

test("a share that says nothing is given up, and a cancelled call ends at once", async () => {
  if (samba === undefined) return;
  await using folder = await testFolder();
  const program = folder.at("mute");
  await writeFile(program, "#!/bin/sh\nexec sleep 60\n");
  await chmod(program, 0o755);
  const mute = smbclientShare({ root: "//127.0.0.1/pkg", program, timeoutMs: 300 });
  await expect(mute.read(treeNames.catalog, 100)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("nothing moved for 300 ms"),
  });
  const patient = smbclientShare({ root: "//127.0.0.1/pkg", program });
  await expect(
    patient.read(treeNames.catalog, 100, { signal: AbortSignal.timeout(100) }),
  ).rejects.toMatchObject({ code: "CANCELLED" });
});

test("an archive goes up whole or not at all, and comes down verified", async () => {
  if (samba === undefined) return;
  await using folder = await testFolder();
  const archive = testArchive(3_000_000);
  await writeFile(folder.at("source"), archive.bytes);
  const share = smbclientShare({ ...samba.access("pkg", "publisher"), root: folderOn(samba) });
  const name = treeNames.package(archive.sha256);
  const { sha256, size } = archive;
  expect(await share.store(name, { path: folder.at("source"), sha256, size })).toBe(size);
  expect(await share.store(name, { path: folder.at("source"), sha256, size })).toBe(0);
  const other = "0".repeat(64);
  await expect(
    share.store(treeNames.package(other), { path: folder.at("source"), sha256: other, size }),
  ).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect((await share.list(treeNames.packages)).map((entry) => entry.name)).toEqual([
    `${sha256}.outrider`,
  ]);
  const obtained = await uncObtainer({ roots: [share] }).obtain(
    { sha256, size, target: folder.at("archive") },
    { signal },
  );
  expect(obtained.transferred).toBe(size);
  expect((await readFile(obtained.path)).equals(archive.bytes)).toBe(true);
});

test("a folder with foreign names is listed as it is; folders and links are not plain files", async () => {
  if (samba === undefined) return;
  const at = join(samba.folderOf("pkg"), "odd");
  await mkdir(join(at, "receipts", "a folder"), { recursive: true });
  for (const name of ["a b", "x A 5", "NT_STATUS_DISK_FULL", "  lead", "ünïcode"])
    await writeFile(join(at, "receipts", name), name);
  await symlink("/etc/hostname", join(at, "receipts", "out"));
  const share = smbclientShare({ ...samba.access("pkg", "agent"), root: "//127.0.0.1/pkg/odd" });
  const entries = await share.list("receipts");
  expect(entries).toContainEqual({ name: "a b", isPlainFile: true, size: 3 });
  expect(entries).toContainEqual({ name: "NT_STATUS_DISK_FULL", isPlainFile: true, size: 19 });
  expect(entries).toContainEqual({ name: "a folder", isPlainFile: false, size: 0 });
  expect(entries.map(({ name }) => name)).not.toContain("out");
});
