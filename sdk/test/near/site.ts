/** What the wire tests share: releases to be published one by one, and both programs of a wire, bundled once. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { encodeEnvelope } from "../../src/messages/index.ts";
import type { OpportunisticReceiverOptions } from "../../src/transports/opportunistic/receiver/index.ts";
import { wireUp, type Wire } from "../servers/wire.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { catalogOf, layOut } from "../support/laid-out.ts";
import { Publisher } from "../support/publisher.ts";
import type { NearAgentOrder } from "./agent.ts";

/** A program at an end of a wire. */
export type Peer = "server" | "agent" | "avahi";

/** The vendor's side. */
export interface NearSite {
  /** Catalogs by version, each showing that one: a line for the server's program. */
  readonly catalogs: ReadonlyMap<string, string>;
  /** A copy of the tree with all archives; its catalog shows this version, or nothing yet. */
  tree(version?: string): Promise<string>;
  /** A wire, unplugged, with a server that holds all archives at one end and an agent at the other. */
  wire(near?: OpportunisticReceiverOptions): Promise<Wire>;
  /** A wire with these programs at its ends; the server has these trees, or one of its own. */
  join(one: Peer, other: Peer, ...trees: readonly string[]): Promise<Wire>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds and signs so many releases, `1.0.0`, `1.0.1`, … */
export async function nearSite(count: number): Promise<NearSite> {
  const folder = await testFolder();
  const publisher = await Publisher.start(new Date());
  const catalogs = new Map<string, string>();
  for (let patch = 0; patch < count; patch++) {
    const version = `1.0.${patch}`;
    const release = await publisher.release({ version });
    const pushed = await publisher.push(release, { notification: { sources: [{ kind: "unc" }] } });
    await layOut(publisher, folder.at("tree"), [pushed]);
    catalogs.set(version, new TextDecoder().decode(await catalogOf(publisher, [pushed])));
  }
  await writeFile(folder.at("tree", "catalog.json"), ""); // nothing is current yet
  const [trust] = publisher.simulator.published;
  if (trust === undefined) throw new Error("no trust document was published");
  await writeFile(folder.at("trust.json"), encodeEnvelope(trust));
  await bundle(folder, "agent", "server", "avahi");
  let copies = 0;
  const own = (): string => folder.at(`own-${++copies}`);
  const tree = async (version?: string): Promise<string> => {
    const root = own();
    await cp(folder.at("tree"), root, { recursive: true });
    const catalog = version === undefined ? undefined : catalogs.get(version);
    if (catalog !== undefined) await writeFile(join(root, "catalog.json"), catalog);
    return root;
  };
  const agent = (near?: OpportunisticReceiverOptions): string[] => {
    const order: NearAgentOrder = {
      folder: own(),
      trustFile: folder.at("trust.json"),
      ...(near === undefined ? {} : { near }),
    };
    return [folder.at("agent.mjs"), JSON.stringify(order)];
  };
  return {
    catalogs,
    tree,
    wire: async (near) => wireUp([[folder.at("server.mjs"), await tree()], agent(near)]),
    async join(one, other, ...trees) {
      const roots = trees.length > 0 ? trees : [await tree()];
      const programs: Readonly<Record<Peer, string[]>> = {
        server: [folder.at("server.mjs"), ...roots],
        agent: agent(),
        avahi: [folder.at("avahi.mjs"), own()],
      };
      return wireUp([programs[one], programs[other]]);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A process that need not read TypeScript starts in a third of the time. */
async function bundle(folder: TestFolder, ...names: readonly string[]): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder.path,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}
