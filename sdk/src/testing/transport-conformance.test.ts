import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePorts } from "../../test/servers/free-ports.ts";
import { makeMaildir, startMailServer } from "../../test/support/mail.ts";
import { startStaticHost } from "../../test/support/static-host.ts";
import { maildirReceiver } from "../transports/email/receiver/index.ts";
import { emailSender } from "../transports/email/sender/index.ts";
import { httpReceiver } from "../transports/http/receiver/index.ts";
import { opportunisticReceiver } from "../transports/opportunistic/receiver/index.ts";
import { opportunisticSender } from "../transports/opportunistic/sender/index.ts";
import { uncReceiver } from "../transports/unc/receiver/index.ts";
import { uncSender } from "../transports/unc/sender/index.ts";
import { memoryTransport, transportConformance, type TransportUnderTest } from "./index.ts";

async function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "outrider-conformance-"));
}

async function memory(): Promise<TransportUnderTest> {
  const directory = await newDirectory();
  const transport = memoryTransport();
  return {
    sender: transport.sender,
    address: "agent-1",
    openReceiver: () => transport.openReceiver("agent-1"),
    directory,
    attaches: true,
    showsCatalog: false,
    close: () => rm(directory, { recursive: true }),
  };
}

async function email(): Promise<TransportUnderTest> {
  const directory = await newDirectory();
  const server = await startMailServer({ maildirs: directory });
  const path = await makeMaildir(join(directory, "agent-1"));
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  return {
    sender,
    address: "agent-1@site.test",
    openReceiver: () =>
      maildirReceiver({ path, spoolDirectory: join(directory, "spool"), pollMs: 20 }),
    directory,
    attaches: true,
    showsCatalog: false,
    async close() {
      await sender.close();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function unc(): Promise<TransportUnderTest> {
  const directory = await newDirectory();
  const root = join(directory, "share");
  return {
    sender: uncSender({ root }),
    address: "share",
    openReceiver: () => uncReceiver({ root, pollMs: 20 }),
    directory,
    attaches: false,
    showsCatalog: true,
    close: () => rm(directory, { recursive: true }),
  };
}

/** A share that a plain web server shows. */
async function http(): Promise<TransportUnderTest> {
  const directory = await newDirectory();
  const root = join(directory, "share");
  const host = await startStaticHost(root);
  return {
    sender: uncSender({ root }),
    address: "host",
    openReceiver: () => httpReceiver({ url: host.url, pollMs: 20 }),
    directory,
    attaches: false,
    showsCatalog: true,
    async close() {
      await host[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

/** The same, found by its advert on loopback. */
async function opportunistic(): Promise<TransportUnderTest> {
  const directory = await newDirectory();
  const root = join(directory, "share");
  const host = await startStaticHost(root);
  const near = {
    segments: ["127.0.0.0/8"],
    allowLoopback: true,
    multicastPort: (await freePorts(1))[0] ?? 5353,
  };
  const sender = opportunisticSender({ ...near, port: host.port, through: uncSender({ root }) });
  return {
    sender,
    address: "segment",
    openReceiver: () => opportunisticReceiver(near),
    directory,
    attaches: false,
    showsCatalog: true,
    async close() {
      await sender.close();
      await host[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

const transports: Readonly<Record<string, () => Promise<TransportUnderTest>>> = {
  memory,
  email,
  unc,
  http,
  opportunistic,
};
for (const [name, setup] of Object.entries(transports))
  describe(`transport conformance: ${name}`, () => {
    test.each(transportConformance(setup))("$name", async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    });
  });
