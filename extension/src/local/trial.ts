/**
 * The embedded server on loopback with three agents in the same process, so that a push comes to its end: everything
 * in one folder, nothing anywhere else. When `close` has resolved nothing of it runs any more.
 */
import { join } from "node:path";
import { createAgent, type Agent } from "@outrider/sdk/agent";
import { directoryHost } from "@outrider/sdk/host";
import { httpObtainer } from "@outrider/sdk/obtain/http";
import { lockDirectory, nodeFileSystem, type Logger } from "@outrider/sdk/ports";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import { createServer } from "@outrider/sdk/server";
import { sqliteStore } from "@outrider/sdk/store/sqlite";
import { httpReceiptSender } from "@outrider/sdk/transports/http/receipts";
import { httpReceiver } from "@outrider/sdk/transports/http/receiver";
import { trialGroup } from "./trial-group.ts";
import { vendorFolder } from "./trial-key.ts";
import { openTrialVendor, type TrialVendor } from "./vendor.ts";

/** A server that runs. */
export interface Trial {
  readonly url: string;
  readonly vendor: TrialVendor;
  /** Absolute: a folder for each agent, with what it has installed. */
  readonly installed: string;
  /** Takes a signed package in, unless it is there. @throws the codes of PackageHost.publish */
  publish(folder: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Where, and who is told. */
export interface TrialOptions {
  /** Absolute; made where it is not there. */
  readonly directory: string;
  readonly logger: Logger;
  /** Of the key that releases and pushes, for people. */
  readonly keyName: string;
}

const agents = ["sample-1", "sample-2", "sample-3"];
const pollMs = 5000;

/** Starts it. @throws SERVER_BUSY where another window has it, STORE_FAILED */
export async function startTrial({ directory, logger, keyName }: TrialOptions): Promise<Trial> {
  await nodeFileSystem.makeDirectory(directory, 0o700);
  const lock = await lockDirectory(nodeFileSystem, directory, {
    name: "server",
    code: "SERVER_BUSY",
  });
  const closing: (() => Promise<void>)[] = [() => lock.release()];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    const vendor = await openVendor(directory, keyName);
    const host = await directoryHost({ path: join(directory, "packages") });
    const store = sqliteStore({ path: join(directory, "server", "store.sqlite") });
    closing.push(() => store.close());
    const server = createServer({
      trust: vendor.trust,
      key: vendor.key,
      store,
      packages: host,
      transports: [],
      dataDirectory: join(directory, "server"),
      listen: { port: 0 },
      tickMs: 250,
      logger,
    });
    closing.push(() => server.close());
    const { url = "" } = await server.start();
    const fleet = await Promise.all(
      agents.map((id) => openAgent(id, { directory, url, vendor, logger })),
    );
    const stop = new AbortController();
    closing.push(
      ...fleet.map(
        ({ agent }) =>
          () =>
            agent.close(),
      ),
    );
    await store.agents.put(fleet.map(({ registered }) => registered));
    const running = fleet.map(({ agent }) => agent.run({ signal: stop.signal }));
    closing.push(async () => {
      stop.abort();
      await Promise.all(running);
    });
    return {
      url,
      vendor,
      installed: join(directory, "agents"),
      async publish(folder, signal) {
        await host.publish(folder, { trust: vendor.trust, now: new Date(), signal });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Agents that pinned another vendor's trust document would refuse this one's: they go with him. */
async function openVendor(directory: string, keyName: string): Promise<TrialVendor> {
  const vendor = await openTrialVendor(vendorFolder(directory), new Date(), keyName);
  if (vendor.isNew)
    for (const name of ["agents", "packages", "server"])
      await nodeFileSystem.remove(join(directory, name));
  return vendor;
}

interface AgentParts extends Pick<TrialOptions, "directory" | "logger"> {
  readonly url: string;
  readonly vendor: TrialVendor;
}

async function openAgent(
  id: string,
  { directory, url, vendor, logger }: AgentParts,
): Promise<{ readonly agent: Agent; readonly registered: RegisteredAgent }> {
  const direct = { proxies: () => undefined };
  const agent = await createAgent({
    id,
    groups: [trialGroup],
    dataDirectory: join(directory, "agents", id, "data"),
    installDirectory: join(directory, "agents", id, "installed"),
    trust: vendor.sealed,
    receivers: [httpReceiver({ url, pollMs, logger, ...direct })],
    obtainers: [httpObtainer({ hosts: [new URL(url).host], allowLoopback: true, ...direct })],
    receiptSenders: [httpReceiptSender({ url, ...direct })],
    logger,
  });
  const { key } = await agent.status();
  const registered = { id, groups: [trialGroup], addresses: { http: true }, key: key.packet };
  return { agent, registered };
}
