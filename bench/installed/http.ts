/** By the HTTP channel, against `curl` of the catalog and the archive from the same server, `unzip` and `sync`. */
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { treeNames } from "../../sdk/src/transport/tree/index.ts";
import { Workshop } from "../../sdk/test/cli/support/workshop.ts";
import { freePorts } from "../../sdk/test/servers/free-ports.ts";
import { outsideTool } from "../../sdk/test/support/tools.ts";
import { compare, missing, type Round } from "../table/row.ts";
import { startFleet } from "./fleet.ts";

/** Measures it. */
export async function byHttp(pushes: number): Promise<void> {
  if (["curl", "unzip", "sync"].some((tool) => outsideTool(tool) === undefined))
    return missing("installed by HTTP: curl or unzip not installed");
  await using workshop = await Workshop.open();
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}/`;
  const fleet = await startFleet(workshop, {
    server: { listen: { port }, transports: {} },
    addresses: { http: true },
    agent: { receivers: [{ kind: "http", url }] },
  });
  const rounds: Round[] = [];
  for (let push = 0; push < pushes; push++) {
    const { ms, sha256 } = await fleet.push();
    rounds.push({ ours: ms, theirs: await byTools(workshop, url, treeNames.package(sha256)) });
  }
  const what = "trigger accepted → installed by HTTP, pushed by events";
  compare({ what, unit: "ms", peer: "curl + unzip + sync" }, rounds);
}

/** Milliseconds. */
async function byTools(workshop: Workshop, url: string, archive: string): Promise<number> {
  const target = workshop.path("unzipped");
  await rm(target, { recursive: true, force: true });
  const started = performance.now();
  const file = workshop.path("fetched.zip");
  for (const path of ["catalog.json", archive])
    execFileSync("curl", ["-sSf", "-o", file, `${url}${path}`]);
  execFileSync("unzip", ["-q", file, "-d", target]);
  execFileSync("sync", ["-f", target]);
  return performance.now() - started;
}
