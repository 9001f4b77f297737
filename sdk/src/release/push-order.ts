/** What a push is made of: a reviewed push file, or options of the command line. */
import { OutriderError } from "../errors/index.ts";
import {
  readDocumentText,
  validatePushFile,
  type Audience,
  type Delivery,
  type PushFile,
  type Rollout,
} from "../schema/index.ts";
import type { Desk } from "./desk.ts";
import { readFileText } from "./files.ts";

/** Options that may stand in for a push file. */
export interface PushOptions {
  readonly group?: readonly string[];
  readonly agent?: readonly string[];
  readonly delivery?: Delivery;
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
  const pushFile =
    file === undefined
      ? undefined
      : readDocumentText(await readFileText(desk, file), validatePushFile, file);
  const fromFile = pushFile === undefined ? undefined : orderOf(pushFile);
  const audience = audienceOf(options) ?? fromFile?.audience;
  if (audience === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "Nobody is named: pass a push file, or --group or --agent.",
    );
  const { delivery, valid, allowDowngrade } = options;
  return {
    ...fromFile,
    audience,
    ...optional({ delivery, allowDowngrade, validMs: milliseconds(valid) }),
  };
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
