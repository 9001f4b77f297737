/** Says what the rules found: where it is, what is wrong, and what can be done about it. */
import type { OutriderError } from "@outrider/sdk/errors";
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import type { Finding, Fix, TextRange, Translate } from "../documents/finding.ts";
import { moveElement, nodeAt, rangeOf, removeElement, replaceNode } from "../documents/tree.ts";
import type { PlannedFileSet } from "./file-sets.ts";
import type { Overlap } from "./overlaps.ts";
import type { UnreachableVariant } from "./reachability.ts";

/** A source manifest that its schema accepts, and the tree of its text. */
export interface ParsedManifest {
  readonly document: TextDocument;
  readonly root: ASTNode | undefined;
}

/** One sentence a rule. */
export const tell = { misspelled, missing, refusal, overlap, unreachable };

function misspelled(
  manifest: ParsedManifest,
  pointer: string,
  { written, spelled }: { readonly written: string; readonly spelled: string },
  t: Translate,
): Finding {
  const node = nodeAt(manifest.root, pointer);
  return {
    code: "PACKAGE_SPELLING",
    severity: "error",
    message: t("The disk spells it {0}; not every machine finds it as {1}.", spelled, written),
    range: placeOf(manifest, pointer),
    fixes:
      node === undefined
        ? []
        : [
            {
              title: t("Write {0}", spelled),
              edits: [replaceNode(manifest.document, node, spelled)],
              safe: true,
            },
          ],
  };
}

function missing(
  manifest: ParsedManifest,
  { pointer, set }: PlannedFileSet,
  t: Translate,
): Finding {
  return {
    code: "PACKAGE_SOURCE",
    severity: "error",
    message: t("{0} names no file.", set.from),
    range: placeOf(manifest, `${pointer}/from`),
    fixes: removal(manifest, pointer, t("Remove this file set")),
  };
}

/** What the builder itself says. */
function refusal(
  manifest: ParsedManifest,
  pointer: string,
  { code, message }: OutriderError,
  t: Translate,
): Finding {
  return {
    code,
    severity: "error",
    message: t("It cannot be built: {0}", message.replace(/^: /, "")),
    range: placeOf(manifest, pointer),
  };
}

function overlap(
  manifest: ParsedManifest,
  { later, earlier, target, count, same }: Overlap,
  t: Translate,
): Finding {
  const other = earlier.set.from;
  return {
    code: "PACKAGE_PATH",
    severity: "error",
    message:
      count === 1
        ? t("{0} would be there twice: {1} puts a file there too.", target, other)
        : t(
            "{0} and {1} more would be there twice: {2} puts files there too.",
            target,
            count - 1,
            other,
          ),
    range: placeOf(manifest, `${later.pointer}/from`),
    related: [
      { range: placeOf(manifest, `${earlier.pointer}/from`), message: t("The other file set") },
    ],
    fixes:
      same && count === later.files.length
        ? removal(manifest, later.pointer, t("Remove this file set; {0} has all its files", other))
        : [],
  };
}

function unreachable(
  manifest: ParsedManifest,
  { index, takenBy }: UnreachableVariant,
  t: Translate,
): Finding {
  const { document, root } = manifest;
  const nameOf = (at: number): string => String(nodeAt(root, `/variants/${at}/name`)?.value);
  const own = nodeAt(root, `/variants/${index}`);
  const taker = nodeAt(root, `/variants/${takenBy[0]}`);
  const move =
    own === undefined || taker === undefined
      ? []
      : [
          {
            title: t("Move {0} before {1}", nameOf(index), nameOf(takenBy[0] ?? 0)),
            edits: moveElement(document, own, taker),
            safe: false,
          },
        ];
  return {
    code: "VARIANT_UNREACHABLE",
    severity: "warning",
    message: t(
      "No machine ever gets {0}: earlier variants fit whatever it fits ({1}).",
      nameOf(index),
      takenBy.map(nameOf).join(", "),
    ),
    range: placeOf(manifest, `/variants/${index}/name`),
    related: takenBy.map((at) => ({
      range: placeOf(manifest, `/variants/${at}/when`),
      message: t("Takes its machines"),
    })),
    fixes: [...move, ...removal(manifest, `/variants/${index}`, t("Remove {0}", nameOf(index)))],
  };
}

/** Taking an element out; never the last, which the schema demands. */
function removal({ document, root }: ParsedManifest, pointer: string, title: string): Fix[] {
  const node = nodeAt(root, pointer);
  if (node?.parent?.type !== "array" || node.parent.items.length === 1) return [];
  return [{ title, edits: [removeElement(document, node)], safe: false }];
}

function placeOf({ document, root }: ParsedManifest, pointer: string): TextRange {
  const node = nodeAt(root, pointer);
  return node === undefined || pointer === "" ? firstCharacter(document) : rangeOf(document, node);
}

function firstCharacter(document: TextDocument): TextRange {
  return { start: document.positionAt(0), end: document.positionAt(1) };
}
