import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import multicastDns, { type ResponsePacket } from "multicast-dns";
import { expect, test } from "vitest";
import { freePorts } from "../../../../test/servers/free-ports.ts";
import { testFolder } from "../../../../test/support/archives.ts";
import { listen } from "../../../../test/support/listening.ts";
import { startStaticHost, type StaticHost } from "../../../../test/support/static-host.ts";
import { verifies } from "../../../../test/support/verifies.ts";
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import { uncSender } from "../../unc/sender/index.ts";
import { opportunisticSender, type OpportunisticSender } from "../sender/index.ts";
import { opportunisticReceiver } from "./index.ts";

const one = Buffer.from(`{"outrider":"catalog/1","document":"one"}`);
const two = Buffer.from(`{"outrider":"catalog/1","document":"two"}`);

async function near() {
  const [multicastPort = 0] = await freePorts(1);
  return { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
}

async function servers(count: number) {
  const folder = await testFolder();
  const options = await near();
  const started: { readonly host: StaticHost; readonly sender: OpportunisticSender }[] = [];
  for (let at = 0; at < count; at++) {
    const root = folder.at(String(at));
    const host = await startStaticHost(root);
    const sender = opportunisticSender({
      ...options,
      port: host.port,
      through: uncSender({ root }),
    });
    started.push({ host, sender });
  }
  return {
    options,
    started,
    async [Symbol.asyncDispose]() {
      for (const { host, sender } of started) {
        await sender.close();
        await host[Symbol.asyncDispose]();
      }
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("two servers on one segment: both are heard", async () => {
  await using it = await servers(2);
  await using listening = listen(opportunisticReceiver(it.options));
  await it.started[0]?.sender.publish({ catalog: one });
  await it.started[1]?.sender.publish({ catalog: two });
  const heard = await listening.until(2);
  const texts = heard.map(({ bytes }) => Buffer.from(bytes).toString());
  expect(texts.toSorted()).toEqual([String(one), String(two)]);
});

test("a server that is there already, and says nothing more unasked, answers", async () => {
  verifies("transport-opportunistic");
  await using it = await servers(1);
  const { multicastPort } = it.options;
  const ear = multicastDns({ port: multicastPort, interface: "127.0.0.1", bind: "0.0.0.0" });
  await once(ear, "ready");
  let announced = 0;
  ear.on("response", () => void announced++);
  await it.started[0]?.sender.publish({ catalog: one });
  await expect.poll(() => announced).toBeGreaterThanOrEqual(3);
  await using listening = listen(opportunisticReceiver(it.options));
  await listening.until(1);
  await new Promise<void>((resolve) => ear.destroy(resolve));
});

test("what is on the wire names no package and no version, and ends with a goodbye", async () => {
  await using it = await servers(1);
  const { multicastPort } = it.options;
  const ear = multicastDns({ port: multicastPort, interface: "127.0.0.1", bind: "0.0.0.0" });
  await once(ear, "ready");
  const packets: ResponsePacket[] = [];
  ear.on("response", (packet: ResponsePacket) => packets.push(packet));
  const envelope = Buffer.from("secret-product 9.8.7");
  await it.started[0]?.sender.send({
    envelope,
    id: "1",
    deployment: "secret-deployment",
    summary: { packageName: "secret-product", version: "9.8.7", reason: "secret-reason" },
    recipients: [{ agent: "secret-agent", address: "segment" }],
    catalog: envelope,
  });
  await expect.poll(() => packets.length).toBeGreaterThan(1);
  expect(JSON.stringify(packets)).not.toMatch(/secret|9\.8\.7/);
  const before = packets.length;
  await it.started[0]?.sender.close();
  const farewells = (): ResponsePacket[] =>
    packets
      .slice(before)
      .filter(({ answers = [] }) => answers.every((record) => "ttl" in record && record.ttl === 0));
  await expect.poll(() => farewells()).toHaveLength(1);
  await new Promise<void>((resolve) => ear.destroy(resolve));
});

test("what is no DNS at all is passed over", async () => {
  await using it = await servers(1);
  const noise = createSocket("udp4");
  await using listening = listen(opportunisticReceiver(it.options));
  for (const text of ["", "x", "\0".repeat(12), "\xff".repeat(1400)])
    noise.send(Buffer.from(text, "latin1"), it.options.multicastPort, "127.0.0.1");
  await it.started[0]?.sender.publish({ catalog: one });
  await listening.until(1);
  noise.close();
  expect(listening.heard).toHaveLength(1);
});

test("a stick that is put in is read, and again when it is put in again", async () => {
  await using folder = await testFolder();
  await uncSender({ root: folder.at("drawer") }).publish({ catalog: one });
  const mount = folder.at("stick");
  let missed = 0;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async stat(path) {
      const facts = await nodeFileSystem.stat(path);
      if (facts === undefined) missed++;
      return facts;
    },
  };
  const options = { ...(await near()), segments: [], mounts: [mount], patrolMs: 20, fileSystem };
  await using listening = listen(opportunisticReceiver(options));
  await rename(folder.at("drawer"), mount);
  await listening.until(1);
  await rename(mount, folder.at("drawer"));
  missed = 0;
  await expect.poll(() => missed).toBeGreaterThan(1);
  expect(listening.heard).toHaveLength(1);
  await rename(folder.at("drawer"), mount);
  const heard = await listening.until(2);
  expect(heard.map(({ bytes }) => Buffer.from(bytes))).toEqual([one, one]);
});

test("a link or a folder for a catalog on a stick is not read", async () => {
  await using folder = await testFolder();
  await writeFile(folder.at("private"), "private");
  await mkdir(folder.at("stick", "catalog.json"), { recursive: true });
  await mkdir(folder.at("other"));
  await symlink(folder.at("private"), folder.at("other", "catalog.json"));
  const mounts = [folder.at("stick"), folder.at("other")];
  const options = { ...(await near()), segments: [], mounts, patrolMs: 10 };
  await using listening = listen(opportunisticReceiver(options));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(listening.heard).toEqual([]);
});
