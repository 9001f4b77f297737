/** Says what the rules found: where it is, what is wrong, and what can be done about it. */
import type { OutriderError } from "../../errors/index.ts";
import { say, type Sentence } from "../../errors/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import { reasonIn } from "../reasons.ts";
import type { Remark, Repair } from "../remark.ts";
import type { PlannedFileSet } from "./file-sets.ts";
import type { Overlap } from "./overlaps.ts";
import type { UnreachableVariant } from "./reachability.ts";

/** A path that the disk spells otherwise. */
export function misspelled(
  pointer: string,
  { written, spelled }: { readonly written: string; readonly spelled: string },
): Remark {
  return {
    code: "PACKAGE_SPELLING",
    severity: "error",
    pointer,
    sentence: say("The disk spells it {0}; not every machine finds it as {1}.", spelled, written),
    repairs: [
      {
        title: say("Write {0}", spelled),
        changes: [{ kind: "write", pointer, value: spelled }],
        safe: true,
      },
    ],
  };
}

/** A file set that takes nothing: only a warning, since what it names may be built later than the manifest is read. */
export function missing(source: SourceManifest, { pointer, set }: PlannedFileSet): Remark {
  return {
    code: "PACKAGE_SOURCE",
    severity: "warning",
    pointer: `${pointer}/from`,
    sentence: say("{0} names no file.", set.from),
    repairs: removal(source, pointer, say("Remove this file set")),
  };
}

/** What the builder itself says. */
export function refusal(pointer: string, { code, message }: OutriderError): Remark {
  return {
    code,
    severity: "error",
    pointer,
    sentence: say("It cannot be built: {0}", reasonIn(message.replace(/^: /, ""))),
  };
}

/** Two file sets that meet at a place. */
export function overlap(
  source: SourceManifest,
  { later, earlier, target, count, same }: Overlap,
): Remark {
  const other = earlier.set.from;
  return {
    code: "PACKAGE_PATH",
    severity: "error",
    pointer: `${later.pointer}/from`,
    sentence:
      count === 1
        ? say("{0} would be there twice: {1} puts a file there too.", target, other)
        : say(
            "{0} and {1} more would be there twice: {2} puts files there too.",
            target,
            count - 1,
            other,
          ),
    related: [{ pointer: `${earlier.pointer}/from`, sentence: say("The other file set") }],
    repairs:
      same && count === later.files.length
        ? removal(source, later.pointer, say("Remove this file set; {0} has all its files", other))
        : [],
  };
}

/** A variant that no machine gets. */
export function unreachable(
  source: SourceManifest,
  { index, takenBy }: UnreachableVariant,
): Remark {
  const nameOf = (at: number): string => source.variants?.[at]?.name ?? String(at);
  const pointer = `/variants/${index}`;
  const taker = takenBy[0] ?? 0;
  return {
    code: "VARIANT_UNREACHABLE",
    severity: "warning",
    pointer: `${pointer}/name`,
    sentence: say(
      "No machine ever gets the variant {0}: whatever it fits, an earlier one fits too ({1}).",
      nameOf(index),
      takenBy.map(nameOf).join(", "),
    ),
    related: takenBy.map((at) => ({
      pointer: `/variants/${at}/when`,
      sentence: say("Takes its machines"),
    })),
    repairs: [
      {
        title: say("Move {0} before {1}", nameOf(index), nameOf(taker)),
        changes: [{ kind: "move", pointer, before: `/variants/${taker}` }],
        safe: false,
      },
      ...removal(source, pointer, say("Remove {0}", nameOf(index))),
    ],
  };
}

/** Taking an element out; never the last, which the schema demands. */
export function removal(source: SourceManifest, pointer: string, title: Sentence): Repair[] {
  const siblings = pointer
    .split("/")
    .slice(1, -1)
    .reduce<unknown>(
      (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
      source,
    );
  if (!Array.isArray(siblings) || siblings.length === 1) return [];
  return [{ title, changes: [{ kind: "remove", pointer }], safe: false }];
}
