/** Patches from build to machine, by the real command line: three versions, over a share and over HTTP. */
import { randomBytes } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentConfig, Receipt, RegisteredAgent } from "../../src/schema/index.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makeTrust, source, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const library = randomBytes(200_000);
const folderOf = (version: string): string => `dist/press-control-${version}`;

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
beforeEach(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
});
afterEach(() => workshop.close());

/** Builds and signs a version that differs from the others in a few bytes. */
async function make(version: string, ...from: readonly string[]): Promise<string> {
  const changed = Buffer.from(library);
  changed.write(version, 100_000);
  await workshop.write("payload/app.txt", `press-control ${version}\n`);
  await workshop.write("payload/library.bin", changed.toString("base64"));
  await workshop.write("payload/static.bin", library.toString("base64"));
  await workshop.write("outrider.json", { ...source, version });
  const earlier = from.flatMap((old) => ["--from", folderOf(old)]);
  await workshop.done("build", "--threads", "1", "--level", "1", ...earlier);
  await workshop.done("sign", folderOf(version), "--key", keys.ada.secretKey);
  return folderOf(version);
}

describe("build --from", () => {
  test("makes patches of folder, manifest and archive; inspect tells their savings, verify applies them", async () => {
    await make("1.0.0");
    await make("1.1.0", "1.0.0");
    await workshop.write("outrider.json", { ...source, version: "1.2.0" });
    const built = await workshop.done(
      "build",
      "--from",
      `${folderOf("1.0.0")}/manifest.json`,
      "--from",
      `${folderOf("1.1.0")}/press-control-1.1.0.outrider`,
    );
    expect(built).toMatch(/^ {2}from 1\.0\.0: [\d.]+ kB, 9\d % less$/m);
    await workshop.done("sign", folderOf("1.2.0"), "--key", keys.ada.secretKey);
    expect((await readdir(workshop.path(folderOf("1.2.0")))).toSorted()).toEqual([
      "manifest.json",
      "manifest.json.asc",
      "press-control-1.2.0.from-1.0.0.outrider",
      "press-control-1.2.0.from-1.1.0.outrider",
      "press-control-1.2.0.outrider",
    ]);
    const inspected = await workshop.json<{ patches: { size: number; files: object }[] }>(
      "inspect",
      folderOf("1.2.0"),
    );
    expect(inspected.patches.map(({ files }) => files)).toEqual([
      { same: 1, changed: 1, whole: 1 },
      { same: 3, changed: 0, whole: 0 },
    ]);
    const bases = ["--base", folderOf("1.0.0"), "--base", folderOf("1.1.0")];
    const verified = await workshop.done("verify", folderOf("1.2.0"), ...bases);
    expect(verified.match(/applied to what it builds on, gives the same 3 files/g)).toHaveLength(2);
    expect(await workshop.done("verify", folderOf("1.2.0"))).toContain("--base names");
  });

  test("verify refuses a patch that gives something else, and one whose base is not named", async () => {
    await make("1.0.0");
    await make("1.1.0", "1.0.0");
    const patch = workshop.path(folderOf("1.1.0"), "press-control-1.1.0.from-1.0.0.outrider");
    const alone = await workshop.run(["verify", patch]);
    expect(alone).toMatchObject({ exit: 1, stdout: expect.stringContaining("PACKAGE_BASE") });
    expect(await workshop.done("verify", patch, "--base", folderOf("1.0.0"))).toContain("is good");
    const bytes = await readFile(patch);
    bytes[bytes.lastIndexOf("PK\u0003\u0004") + 60]! ^= 1;
    await writeFile(patch, bytes);
    const folder = ["verify", folderOf("1.1.0"), "--base", folderOf("1.0.0")];
    expect(await workshop.run(folder)).toMatchObject({
      exit: 1,
      stdout: expect.stringMatching(/REFUSED +patch .*\n.* is refused: PACKAGE_/),
    });
  });
});

test("plan says that a mail may carry a patch instead, and how large it is", async () => {
  await make("1.0.0");
  const folder = await make("1.1.0", "1.0.0");
  const agents = [{ id: "ship-1", groups: ["ships"], addresses: { email: "ship-1@ships.test" } }];
  const email = {
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", tls: "none" as const }],
  };
  await makeServer(workshop, keys.server, { transports: { email } });
  await workshop.write("agents.json", agents);
  await workshop.done("agents", "import", "agents.json");
  const planned = await workshop.done("plan", "--package", folder, "--group", "ships");
  expect(planned).toMatch(/email +1 +1 +attached/);
  expect(planned).toMatch(/^ {2}press-control-1\.1\.0\.from-1\.0\.0\.outrider, [\d.]+ kB$/m);
  const offered = ["plan", "--package", folder, "--group", "ships", "--delivery", "offer"];
  expect(await workshop.done(...offered)).not.toContain("from-1.0.0");
});

/** A vendor, a server and one agent on this way, all running. */
class Fleet implements AsyncDisposable {
  readonly #programs: readonly Program[];
  readonly #server: Program;
  readonly #ship: Program;
  readonly #url: string;

  private constructor(server: Program, ship: Program, url: string) {
    this.#server = server;
    this.#ship = ship;
    this.#url = url;
    this.#programs = [ship, server];
  }

  static async start(
    addresses: RegisteredAgent["addresses"],
    config: (url: string) => Pick<AgentConfig, "receivers"> & Partial<AgentConfig>,
    versions: readonly string[],
  ): Promise<Fleet> {
    const agent = await makeAgent(workshop, "ship-1", addresses, config("http://127.0.0.1:1/"));
    await workshop.write("share/README.txt", "The share of the ships.");
    const transports = addresses.unc === true ? { unc: { root: "share" } } : {};
    await makeServer(workshop, keys.server, { transports, agents: [agent] });
    for (const [at, version] of versions.entries()) {
      const before = versions.slice(Math.max(0, at - 2), at);
      await workshop.done("publish", await make(version, ...before));
    }
    const server = workshop.start("serve");
    const url = await server.says(/^http:\S+$/m);
    await makeAgent(workshop, "ship-1", addresses, config(url));
    return new Fleet(server, workshop.start("agent", "run", "ship-1.json"), url);
  }

  /** Pushes a version and waits until it is installed. @returns its receipt */
  async install(version: string): Promise<Receipt> {
    const push = ["push", "--package", folderOf(version), "--group", "ships"];
    const { deployment } = await workshop.json<{ deployment: string }>(
      ...push,
      "--server",
      this.#url,
      "--key",
      keys.ada.secretKey,
    );
    const finished = `finished +name=press-control version=${version} outcome=installed`;
    await this.#ship.says(new RegExp(finished));
    await this.#server.says(
      new RegExp(`"event":"receipt".*"deployment":"${deployment}".*"state":"installed"`),
    );
    expect(await workshop.read(`${current}/app.txt`)).toBe(`press-control ${version}\n`);
    const answer = await fetch(new URL(`deployments/${deployment}/agents`, this.#url));
    const [row] = (await answer.json()) as { receipt: string }[];
    return JSON.parse(row!.receipt) as Receipt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) program.signal("SIGINT");
    for (const program of this.#programs) await program.ended();
  }
}

const current = "ship-1/installed/press-control/current";

async function sizeOf(version: string, from?: string): Promise<number> {
  const patch = from === undefined ? "" : `.from-${from}`;
  const name = `press-control-${version}${patch}.outrider`;
  return (await stat(workshop.path(folderOf(version), name))).size;
}

test("over a share: the second version by its patch", async () => {
  const config = {
    receivers: [{ kind: "unc" as const, root: "share", pollSeconds: 1 }],
    obtain: { unc: { roots: ["share"] } },
    receipts: [{ kind: "unc" as const, root: "share" }],
  };
  await using fleet = await Fleet.start({ unc: true }, () => config, ["1.0.0", "1.1.0"]);
  expect((await fleet.install("1.0.0")).bytes).toBe(await sizeOf("1.0.0"));
  expect((await fleet.install("1.1.0")).bytes).toBe(await sizeOf("1.1.0", "1.0.0"));
});

test("over HTTP: by patches; altered or cut off, by the full package", async () => {
  verifies("step-90");
  await using fleet = await Fleet.start(
    { http: true },
    (url) => ({
      receivers: [{ kind: "http", url, pollSeconds: 1 }],
      obtain: { http: { hosts: [new URL(url).host], allowLoopback: true } },
      receipts: [{ kind: "http", url }],
    }),
    ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"],
  );
  expect((await fleet.install("1.0.0")).bytes).toBe(await sizeOf("1.0.0"));
  expect((await fleet.install("1.1.0")).bytes).toBe(await sizeOf("1.1.0", "1.0.0"));
  expect((await fleet.install("1.2.0")).bytes).toBe(await sizeOf("1.2.0", "1.1.0"));

  const altered = library.toString("base64").replace(/^./, "-");
  await writeFile(workshop.path(current, "static.bin"), altered);
  const third = await fleet.install("1.3.0");
  expect(third.bytes).toBe(await sizeOf("1.3.0"));
  expect(third.trace).toContain(
    "the patch cannot be used: PACKAGE_BASE; the full package is taken",
  );

  await writeFile(workshop.path(current, "static.bin"), "cut off");
  const fourth = await fleet.install("1.4.0");
  expect(fourth.bytes).toBe(await sizeOf("1.4.0"));
  expect(fourth.trace).toContain("patch from 1.3.0: what is installed is not as it was released");
});
