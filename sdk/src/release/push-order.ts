/** What a push is made of: a reviewed push file, or options of the command line or the editor, which win over it. */
import { OutriderError } from "../errors/index.ts";
import {
  readDocumentText,
  validatePushFile,
  type Audience,
  type Delivery,
  type PushFile,
  type Rollout,
  type Wave,
  type Window,
} from "../schema/index.ts";
import type { Desk } from "./desk.ts";
import { readFileText } from "./files.ts";

/** What tells machines; `any` is whatever the server has. */
export type TransportChoice = NonNullable<Rollout["transports"]>[number] | "any";

/** Options that stand in for a push file, or for parts of it. */
export interface PushOptions {
  readonly group?: readonly string[];
  readonly agent?: readonly string[];
  /** Machines are told by these only. */
  readonly transport?: readonly TransportChoice[];
  /** At once, whatever the push file says of times. `at` and `window` too replace all that it says of them. */
  readonly now?: boolean;
  /** Sending waits until then. */
  readonly at?: Date;
  /** Sending waits for one of these. */
  readonly window?: readonly Window[];
  /** In order; they replace all waves of the push file. */
  readonly wave?: readonly Wave[];
  /** A first wave of one machine goes ahead. */
  readonly firstOfOne?: boolean;
  readonly delivery?: Delivery;
  /** Seconds. */
  readonly valid?: number;
  readonly allowDowngrade?: readonly string[];
}

/** What to push to whom. */
export interface PushOrder {
  /** Set when a push file says which package. */
  readonly packageName?: string;
  readonly audience: Audience;
  readonly rollout?: Rollout;
  readonly delivery?: Delivery;
  readonly validMs?: number;
  readonly allowDowngrade?: readonly string[];
}

/** Reads the push file, if one is named; options win over it. @throws FILE_MISSING, DOCUMENT_INVALID, CONFIG_INVALID */
export async function readPushOrder(
  desk: Desk,
  file: string | undefined,
  options: PushOptions,
): Promise<PushOrder> {
  return withOptions(file === undefined ? undefined : await readReviewed(desk, file), options);
}

/** What a push file orders by itself. @throws FILE_MISSING, DOCUMENT_INVALID */
export async function readReviewed(desk: Desk, file: string): Promise<PushOrder> {
  return orderOf(readDocumentText(await readFileText(desk, file), validatePushFile, file));
}

/** What a push file orders. */
export function orderOf({ validSeconds, ...file }: PushFile): PushOrder {
  const { rollout, delivery, allowDowngrade } = file;
  return {
    packageName: file.package,
    audience: file.audience,
    ...optional({ rollout, delivery, allowDowngrade, validMs: milliseconds(validSeconds) }),
  };
}

/** An order as somebody wants it now. @param order undefined: the options say all of it. @throws CONFIG_INVALID */
export function withOptions(order: PushOrder | undefined, options: PushOptions): PushOrder {
  const audience = audienceOf(options) ?? order?.audience;
  if (audience === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "Nobody is named: pass a push file, or --group or --agent.",
    );
  const { delivery, valid, allowDowngrade } = options;
  const { rollout: before = {}, ...rest } = order ?? {};
  const rollout = byWays(atTimes(inWaves(before, options), options), options);
  return {
    ...rest,
    audience,
    ...(Object.keys(rollout).length === 0 ? {} : { rollout }),
    ...optional({ delivery, allowDowngrade, validMs: milliseconds(valid) }),
  };
}

function inWaves(rollout: Rollout, { wave, firstOfOne }: PushOptions): Rollout {
  if (wave === undefined && firstOfOne === undefined) return rollout;
  const { waves, firstOfOne: _before, ...rest } = rollout;
  return {
    ...optional({ waves: wave === undefined ? waves : [...wave] }),
    ...(firstOfOne === true ? { firstOfOne } : {}),
    ...rest,
  };
}

function atTimes(rollout: Rollout, { now, at, window }: PushOptions): Rollout {
  if (now !== true && at === undefined && window === undefined) return rollout;
  const { windows: _windows, notBefore: _notBefore, ...rest } = rollout;
  return {
    ...rest,
    ...optional({
      notBefore: at?.toISOString(),
      windows: window === undefined ? undefined : [...window],
    }),
  };
}

function byWays(rollout: Rollout, { transport }: PushOptions): Rollout {
  if (transport === undefined) return rollout;
  const { transports: _before, ...rest } = rollout;
  const named = transport.filter((name) => name !== "any");
  return named.length < transport.length ? rest : { ...rest, transports: named };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function audienceOf({ group, agent }: PushOptions): Audience | undefined {
  if (group === undefined && agent === undefined) return undefined;
  return {
    ...(group === undefined ? {} : { groups: [...group] }),
    ...(agent === undefined ? {} : { agents: [...agent] }),
  };
}

/** Leaves out what is not there. */
function optional<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as never;
}
