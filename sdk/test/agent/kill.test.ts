/**
 * Real processes, really killed (after OSTree's destructive tests): at a random moment of an upgrade, again and again,
 * until one run is left alone. At every moment the old version runs or the new one; in the end each was reported once.
 *
 * 200 kills in every run of CI (THREATS 2.3); `OUTRIDER_KILLS` asks for more.
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import type { Install, Receipt } from "../../src/schema/index.ts";
import { sealedReceipt } from "../support/agent-bench.ts";
import type { ProcessOrder } from "../support/agent-process.ts";
import { AgentProcesses, killAfter } from "../support/agent-processes.ts";
import { Publisher, type Release } from "../support/publisher.ts";
import type { Files } from "../support/upgrade.ts";

const kills = Number(process.env.OUTRIDER_KILLS ?? 200);
const big = randomBytes(160_000).toString("hex");

let root: string;
let processes: AgentProcesses;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-kill-"));
  processes = await AgentProcesses.prepare(root);
});
afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

/** One strategy, and what must hold of the machine at every moment. */
interface Case {
  readonly strategy: Install["strategy"];
  /** Each version comes as a patch of the one before. */
  readonly patched?: true;
  /** Of all kills, in per cent. */
  readonly share: number;
  readonly install: (home: string) => Install;
  /** What a version consists of. */
  readonly payload: (version: number, home: string) => Files;
  /** Where what runs lies, and which files of the payload are there. */
  readonly place: (home: string) => string;
  readonly runs: (path: string) => boolean;
  /** Is this a state in which a machine may be found? */
  readonly holds: (present: Files, running: Files, next: Files) => boolean;
}

const program = (version: number): Files => ({
  "a.txt": `${version}\n`,
  [`b${version % 2}.txt`]: `${version}\n`,
  "big.txt": `${version}${big}`,
});
const isSame = (left: Files, right: Files): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(left).every(([path, content]) => right[path] === content);
const isOneOf = (present: Files, running: Files, next: Files): boolean =>
  isSame(present, running) || isSame(present, next);
const productFolder = (home: string): string => join(home, "install", "demo-app", "current");

const cases: readonly Case[] = [
  {
    strategy: "directory",
    share: 35,
    install: () => ({ strategy: "directory" }),
    payload: program,
    place: productFolder,
    runs: () => true,
    holds: isOneOf,
  },
  {
    strategy: "directory",
    patched: true,
    share: 20,
    install: () => ({ strategy: "directory" }),
    payload: program,
    place: productFolder,
    runs: () => true,
    holds: isOneOf,
  },
  {
    strategy: "files",
    share: 25,
    install: () => ({ strategy: "files" }),
    payload: program,
    place: productFolder,
    runs: () => true,
    // In place, beside files that are not ours: every file is whole, and those of both versions are never missing.
    holds: (present, running, next) =>
      Object.entries(present).every(([path, text]) => [running[path], next[path]].includes(text)) &&
      Object.keys(running).every((path) => !(path in next) || path in present),
  },
  {
    strategy: "command",
    share: 20,
    install: () => ({ strategy: "command", command: { argv: ["sh", "install.sh"] } }),
    payload: (version, home) => ({
      "product.txt": `${version}${big}`,
      "install.sh": `cp product.txt "${home}/product/.next-$$" && mv "${home}/product/.next-$$" "${home}/product/product.txt"\n`,
    }),
    place: (home) => join(home, "product"),
    // An installer that was running when its agent was killed runs on; its own temporary file is not the product.
    runs: (path) => path === "product.txt",
    holds: isOneOf,
  },
];

/** A machine, the carrier that it hears from, and a vendor who releases one version after the other. */
class Machine {
  readonly #case: Case;
  readonly #home: string;
  readonly #publisher: Publisher;
  readonly order: ProcessOrder;
  #version = 0;
  #last: Release | undefined;

  private constructor(home: string, publisher: Publisher, which: Case) {
    this.#case = which;
    this.#home = home;
    this.#publisher = publisher;
    this.order = {
      data: join(home, "data"),
      install: join(home, "install"),
      carrier: join(home, "carrier"),
      now: publisher.simulator.now.toISOString(),
    };
  }

  static async make(which: Case): Promise<Machine> {
    const home = join(root, titleOf(which));
    const publisher = await Publisher.start();
    const machine = new Machine(home, publisher, which);
    await mkdir(machine.order.carrier, { recursive: true });
    await mkdir(join(home, "product"));
    const [trust] = publisher.simulator.published;
    if (trust === undefined) throw new Error("no trust document");
    await writeFile(join(machine.order.carrier, "trust.json"), encodeEnvelope(trust));
    return machine;
  }

  /** Versions that were announced. */
  get versions(): readonly string[] {
    return Array.from({ length: this.#version }, (_, at) => `${at + 1}.0.0`);
  }

  /** Announces the next version. @returns what runs once it is installed */
  async announce(): Promise<Files> {
    const { payload, install, runs } = this.#case;
    const files = payload(++this.#version, this.#home);
    const version = `${this.#version}.0.0`;
    const release = await this.#publisher.release({
      version,
      files,
      install: install(this.#home),
      ...(this.#case.patched === undefined || this.#last === undefined
        ? {}
        : { from: [this.#last] }),
    });
    this.#last = release;
    const { carrier } = this.order;
    for (const { bytes, sha256 } of [release.archive, ...release.patches])
      await writeFile(join(carrier, `${sha256}.outrider`), bytes);
    await writeFile(join(carrier, "message.json"), (await this.#publisher.push(release)).bytes);
    return Object.fromEntries(Object.entries(files).filter(([path]) => runs(path)));
  }

  /** What runs. */
  async present(): Promise<Files> {
    const folder = this.#case.place(this.#home);
    const files: Record<string, string> = {};
    for (const name of await readdir(folder))
      if (this.#case.runs(name)) files[name] = await readFile(join(folder, name), "utf8");
    return files;
  }

  async receipts(): Promise<Receipt[]> {
    const { carrier } = this.order;
    const names = (await readdir(carrier)).filter((name) => name.startsWith("receipt-"));
    return Promise.all(
      names.map(async (name) => {
        const { text } = sealedReceipt(await readFile(join(carrier, name)));
        return JSON.parse(text) as Receipt;
      }),
    );
  }
}

function titleOf({ strategy, patched }: Case): string {
  return patched === undefined ? strategy : `${strategy}, by patches`;
}

for (const which of cases) {
  const count = Math.ceil((kills * which.share) / 100);
  const timeout = 60_000 + count * 6000;
  test(
    `${titleOf(which)}: SIGKILL ${count} times: old or new, never between, reported once`,
    { timeout },
    async () => {
      const machine = await Machine.make(which);
      const { order } = machine;
      await machine.announce();
      await processes.run(order);
      // One upgrade that is left alone tells how long there is something to interrupt.
      let running = await machine.announce();
      let { tookMs } = await processes.run(order);
      expect(isSame(await machine.present(), running)).toBe(true);
      for (let killed = 0; killed < count;) {
        const next = await machine.announce();
        // Killed up to four times on the way, then left alone.
        for (let attempt = 0; attempt < 4 && killed < count; attempt++) {
          const result = await processes.run(order, killAfter(Math.random() * 1.1 * tookMs));
          if (!result.killed) {
            tookMs = result.tookMs; // a machine that is less busy by now: later kills would all come too late
            break;
          }
          killed++;
          const present = await machine.present();
          if (!which.holds(present, running, next))
            throw new Error(
              `half-installed after kill ${killed}: ${JSON.stringify(present).replaceAll(big, "…")}`,
            );
        }
        await processes.run(order);
        running = next;
        expect(isSame(await machine.present(), running)).toBe(true);
      }

      const receipts = await machine.receipts();
      expect(receipts.every(({ outcome }) => outcome === "installed")).toBe(true);
      const byPatch = receipts.filter(({ trace = [] }) =>
        trace.some((line) => line.endsWith("obtained the patch")),
      );
      expect(byPatch).toHaveLength(which.patched === undefined ? 0 : receipts.length - 1);
      // A kill between sending and noting it down sends the same receipt twice: same counter, same content.
      const counters = new Map(
        receipts.map((receipt) => [receipt.counter, receipt.package.version]),
      );
      expect([...counters.values()].toSorted()).toEqual(machine.versions.toSorted());
      expect(await readdir(join(order.data, "deployments"))).toEqual([]);
    },
  );
}
