/** An agent on a bench: its directories, a vendor, carriers in memory, a clock that a test turns. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createAgent,
  type Agent,
  type AgentEvent,
  type AgentOptions,
  type Reception,
} from "../../src/agent/index.ts";
import { OutriderError } from "../../src/errors/index.ts";
import { openEnvelope, recognize, type SealedDocument } from "../../src/messages/index.ts";
import { nodeFileSystem, syncedWrite, type FileSystem } from "../../src/ports/index.ts";
import type { Receipt } from "../../src/schema/index.ts";
import type { Incoming, Obtainer, Shelf } from "../../src/transport/index.ts";
import { Publisher, type Pushed } from "./publisher.ts";

/** What the bench can be told. */
export type BenchOptions = Partial<AgentOptions> & { readonly publisher?: Publisher };

/** An agent and all around it. */
export class Bench {
  readonly publisher: Publisher;
  readonly root: string;
  readonly data: string;
  readonly install: string;
  readonly fileSystem: FileSystem;
  /** Archives that can be obtained, by SHA-256. */
  readonly host: Map<string, Uint8Array> = new Map();
  /** Names of obtainers, in the order of their calls. */
  readonly obtained: string[] = [];
  /** Receipt envelopes that were sent. */
  readonly sent: Uint8Array[] = [];
  readonly events: AgentEvent[] = [];
  agent: Agent | undefined;
  readonly #options: BenchOptions;

  private constructor(publisher: Publisher, root: string, options: BenchOptions) {
    this.publisher = publisher;
    this.root = root;
    this.data = join(root, "data");
    this.install = join(root, "install");
    this.fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#options = options;
  }

  /** A vendor and a folder; no agent yet. Without a folder of the machine's own where a file system is given. */
  static async make(options: BenchOptions = {}): Promise<Bench> {
    const publisher = options.publisher ?? (await Publisher.start());
    const root =
      options.fileSystem === undefined
        ? await mkdtemp(join(tmpdir(), "outrider-agent-"))
        : "/machine";
    return new Bench(publisher, root, options);
  }

  /** Starts the agent, once more where one ran. */
  async start(changes: Partial<AgentOptions> = {}): Promise<Agent> {
    await this.agent?.close();
    const first = this.publisher.simulator.published[0];
    if (first === undefined) throw new Error("no trust document was published");
    const agent = await createAgent({
      id: "till-7",
      groups: ["tills"],
      dataDirectory: this.data,
      installDirectory: this.install,
      trust: first,
      receivers: [],
      obtainers: [this.obtainer("http")],
      receiptSenders: [{ name: "memory", send: async (bytes) => void this.sent.push(bytes) }],
      clock: { now: () => this.publisher.simulator.now },
      fileSystem: this.fileSystem,
      ...this.#options,
      ...changes,
    });
    agent.on((event) => this.events.push(event));
    this.agent = agent;
    return agent;
  }

  /** Starts the agent and lets it run until that is disposed of. */
  async run(changes: Partial<AgentOptions>): Promise<AsyncDisposable> {
    const agent = await this.start(changes);
    const stop = new AbortController();
    const running = agent.run({ signal: stop.signal });
    return {
      async [Symbol.asyncDispose]() {
        stop.abort();
        await running;
      },
    };
  }

  /** An obtainer that reads from `host`. */
  obtainer(
    name: string,
    answer: (sha256: string) => Uint8Array | undefined = (sha256) => this.host.get(sha256),
  ): Obtainer {
    return {
      name,
      obtain: async ({ sha256, target }) => {
        this.obtained.push(name);
        const bytes = answer(sha256);
        if (bytes === undefined)
          throw new OutriderError("UNAVAILABLE", `${name} does not have ${sha256}.`);
        await syncedWrite(this.fileSystem, target, bytes);
        return { path: target, transferred: bytes.length };
      },
    };
  }

  /** Makes the archives available and hands the notification over. */
  async deliver(pushed: Pushed, transport = "email"): Promise<Reception> {
    for (const { sha256, bytes } of [pushed.release.archive, ...pushed.release.patches])
      this.host.set(sha256, bytes);
    return this.hand(pushed.bytes, { transport });
  }

  /** Hands any bytes over. */
  async hand(
    bytes: Uint8Array,
    {
      transport = "email",
      ...along
    }: {
      transport?: string;
      shelf?: Shelf;
      trust?: readonly Uint8Array[];
      settled?: string[];
    } = {},
  ): Promise<Reception> {
    const agent = this.agent ?? (await this.start());
    return agent.receiveOne(incoming(bytes, along), { transport });
  }

  /** Content of an installed file, or `undefined`. */
  async installedText(path: string, name = "demo-app"): Promise<string | undefined> {
    const whole = join(this.install, name, "current", path);
    try {
      const handle = await this.fileSystem.open(whole, "read");
      const { size } = await handle.stat();
      const bytes = new Uint8Array(size);
      await handle.read(bytes, 0);
      await handle.close();
      return new TextDecoder().decode(bytes);
    } catch {
      return undefined;
    }
  }

  /** Receipts that were sent, parsed. */
  async receipts(): Promise<Receipt[]> {
    await this.agent?.flush();
    return this.sent.map((bytes) => JSON.parse(sealedReceipt(bytes).text) as Receipt);
  }

  /** Ends the agent and removes its folder. */
  async clear(): Promise<void> {
    await this.agent?.close();
    if (this.#options.fileSystem === undefined)
      await rm(this.root, { recursive: true, force: true });
  }
}

/** The envelope of a receipt. */
export function sealedReceipt(bytes: Uint8Array): SealedDocument<"receipt/1"> {
  const message = recognize(bytes, "receipt/1");
  if (message === undefined) throw new Error("not a receipt");
  return openEnvelope(message);
}

/** A message in memory. */
export function incoming(
  bytes: Uint8Array,
  {
    settled = [],
    ...along
  }: { shelf?: Shelf; trust?: readonly Uint8Array[]; settled?: string[] } = {},
): Incoming {
  return {
    bytes,
    origin: "memory",
    ...along,
    settle: async (verdict) => void settled.push(verdict),
  };
}
