/**
 * What the agent remembers beyond one deployment: installed versions, what trust has seen, the receipt counter,
 * quarantined releases, deployments already answered. One file, replaced durably and atomically.
 *
 * Versions have a second, high-water copy in each package's folder, and a floor that came with the product: a lost or
 * restored state file never lowers a version (THREATS A1).
 */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { compareVersions, isVersion } from "../../package/index.ts";
import { readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import { parseJson, type Control, type Receipt } from "../../schema/index.ts";
import { readTrustMemory, type TrustMemory } from "../../trust/index.ts";
import type { InstalledRelease } from "./release.ts";

/** What is never read is never written either: a change that would grow past it is refused, and nothing changes. */
const maxStateBytes = 16 * 1024 * 1024;
/** Deployments whose answer or control, and notifications whose refusal, is remembered. */
const maxRemembered = 1000;

/** The control of a deployment that stands. */
export interface StandingControl {
  readonly deployment: string;
  readonly action: Exclude<Control["action"], "approve">;
  /** RFC 3339. */
  readonly issuedAt: string;
  /** For people. */
  readonly reason: string;
}

/** A release that failed here. */
export interface QuarantinedRelease {
  readonly name: string;
  readonly version: string;
  readonly manifest: string;
  readonly code: string;
}

/** What a receipt was about. */
export type ReportedDeployment = Pick<
  Receipt,
  "deployment" | "notification" | "package" | "outcome"
>;

/** The content of the state file. */
export interface AgentMemory {
  readonly format: 1;
  readonly installed: Readonly<Record<string, InstalledRelease>>;
  readonly quarantined: readonly QuarantinedRelease[];
  /** Last receipt's number. */
  readonly counter: number;
  /** What that was about. */
  readonly reported?: ReportedDeployment;
  /** Deployments that have had their receipt, oldest first. */
  readonly answered: readonly string[];
  /**
   * SHA-256 of notifications on a shelf that have had their answer or were refused: a catalog shows them at every poll.
   */
  readonly settledNotifications: readonly string[];
  /** One a deployment, oldest first. */
  readonly controls: readonly StandingControl[];
  readonly trust?: TrustMemory;
}

const empty: AgentMemory = {
  format: 1,
  installed: {},
  quarantined: [],
  counter: 0,
  answered: [],
  settledNotifications: [],
  controls: [],
};

/** The state file. */
export class AgentState {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #installDirectory: string;
  #memory: AgentMemory = empty;
  #lost = false;
  #isNew = false;

  private constructor(fileSystem: FileSystem, dataDirectory: string, installDirectory: string) {
    this.#fileSystem = fileSystem;
    this.#path = join(dataDirectory, "state.json");
    this.#installDirectory = installDirectory;
  }

  /**
   * Reads it, raised to the high-water copies and to what came with the product. A file that is gone or damaged is
   * made up from those; then the receipt counter starts at the clock's milliseconds, above whatever it was before.
   */
  static async open(
    fileSystem: FileSystem,
    directories: { readonly data: string; readonly install: string },
    options: { readonly bundled: Readonly<Record<string, string>>; readonly now: Date },
  ): Promise<AgentState> {
    const state = new AgentState(fileSystem, directories.data, directories.install);
    const kept = await state.#readKept();
    const copies = await state.#readHighWater();
    state.#lost = kept === undefined && copies.length > 0;
    state.#isNew = kept === undefined && copies.length === 0;
    const memory = kept ?? { ...empty, counter: state.#lost ? options.now.getTime() : 0 };
    const installed: Record<string, InstalledRelease> = { ...memory.installed };
    const raise = (name: string, release: InstalledRelease): void => {
      const known = installed[name];
      if (known === undefined || compareVersions(release.version, known.version) > 0)
        installed[name] = release;
    };
    for (const [name, version] of Object.entries(options.bundled)) raise(name, { version });
    for (const [name, release] of copies) raise(name, release);
    state.#memory = { ...memory, installed };
    return state;
  }

  /** Was there a file once, that is gone or damaged now? */
  get lost(): boolean {
    return this.#lost;
  }

  /** Is this the first start? */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** What is remembered now. */
  get memory(): AgentMemory {
    return this.#memory;
  }

  /** Changes and writes; nothing is written where nothing changed. @throws DOCUMENT_TOO_LARGE */
  async change(change: (memory: AgentMemory) => AgentMemory): Promise<void> {
    const next = change(this.#memory);
    const text = JSON.stringify(next);
    if (text === JSON.stringify(this.#memory)) return;
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > maxStateBytes)
      throw new OutriderError(
        "DOCUMENT_TOO_LARGE",
        `${this.#path} would grow past ${maxStateBytes} bytes; take server keys that are no longer used out of the trust document.`,
        { subject: this.#path },
      );
    await syncedWrite(this.#fileSystem, this.#path, bytes);
    this.#memory = next;
  }

  /** Books a release as installed: the high-water copy first, for it is only read where the state file is gone. */
  async install(name: string, release: InstalledRelease): Promise<void> {
    const path = join(this.#installDirectory, name, "installed.json");
    await syncedWrite(this.#fileSystem, path, new TextEncoder().encode(JSON.stringify(release)));
    await this.change((memory) => ({
      ...memory,
      installed: { ...memory.installed, [name]: release },
    }));
  }

  /** The next receipt's number, reserved durably before it is used: it never falls and never repeats. */
  async reserveCounter(reported: ReportedDeployment): Promise<number> {
    const counter = this.#memory.counter + 1;
    await this.change((memory) => ({ ...memory, counter, reported }));
    return counter;
  }

  /** Remembers that a deployment has had its receipt. */
  async answer(deployment: string): Promise<void> {
    await this.change((memory) =>
      memory.answered.includes(deployment)
        ? memory
        : { ...memory, answered: [...memory.answered, deployment].slice(-maxRemembered) },
    );
  }

  /** Remembers that a notification on a shelf needs no further look. */
  async settle(notification: string): Promise<void> {
    await this.change((memory) => {
      const others = memory.settledNotifications.filter((other) => other !== notification);
      return { ...memory, settledNotifications: [...others, notification].slice(-maxRemembered) };
    });
  }

  /** Remembers the control that stands for its deployment. */
  async control(control: StandingControl): Promise<void> {
    await this.change((memory) => {
      const others = memory.controls.filter(({ deployment }) => deployment !== control.deployment);
      return { ...memory, controls: [...others, control].slice(-maxRemembered) };
    });
  }

  async #readKept(): Promise<AgentMemory | undefined> {
    const kept = (await readJson(this.#fileSystem, this.#path)) as AgentMemory | undefined;
    if (kept?.format !== 1 || !isWhole({ ...empty, ...kept })) return undefined;
    try {
      if (kept.trust !== undefined) readTrustMemory(kept.trust, this.#path);
      return { ...empty, ...kept };
    } catch {
      return undefined; // a damaged part damages the whole: what it would let in is not known
    }
  }

  async #readHighWater(): Promise<[string, InstalledRelease][]> {
    const found: [string, InstalledRelease][] = [];
    for (const name of await this.#fileSystem.list(this.#installDirectory)) {
      const path = join(this.#installDirectory, name, "installed.json");
      const release = (await readJson(this.#fileSystem, path)) as InstalledRelease | undefined;
      if (release !== undefined && isVersion(release.version)) found.push([name, release]);
    }
    return found;
  }
}

/** Is everything of the kind that it is read as? A file that others wrote, or a disk, may hold anything. */
function isWhole({ installed, counter, ...memory }: AgentMemory): boolean {
  const { quarantined, answered, settledNotifications, controls } = memory;
  return (
    Number.isSafeInteger(counter) &&
    [quarantined, answered, settledNotifications, controls].every(Array.isArray) &&
    [...quarantined, ...controls].every((entry) => typeof entry === "object" && entry !== null) &&
    typeof installed === "object" &&
    Object.values(installed ?? { none: {} }).every((release) => isVersion(release?.version))
  );
}

/** An object of a file of ours; `undefined` where it is gone or damaged. I/O faults are thrown on. */
async function readJson(fileSystem: FileSystem, path: string): Promise<object | undefined> {
  if ((await fileSystem.stat(path)) === undefined) return undefined;
  const bytes = await readWhole(fileSystem, path, maxStateBytes);
  try {
    const value = parseJson(bytes, path);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
