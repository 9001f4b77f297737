/** Platforms that a manifest declares and that no variant fits: machines of these would be refused. */
import { say } from "../../errors/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import { removal } from "./remarks.ts";

/** Examines the declared platforms. Without variants every machine gets the same. */
export function examinePlatforms(source: SourceManifest): Remark[] {
  const { platforms = [], variants = [] } = source;
  if (variants.length === 0) return [];
  return platforms.flatMap((platform, at) => {
    const [os = "", arch = ""] = platform.split("-");
    const isFit = variants.some(({ when }) => admits(when.os, os) && admits(when.arch, arch));
    const pointer = `/platforms/${at}`;
    return isFit
      ? []
      : [
          {
            code: "VARIANT_NONE",
            severity: "warning",
            pointer,
            sentence: say("No variant fits {0}: such machines refuse the package.", platform),
            related: [{ pointer: "/variants", sentence: say("The variants") }],
            repairs: removal(source, pointer, say("Remove {0}", platform)),
          } satisfies Remark,
        ];
  });
}

function admits(wanted: readonly string[] | undefined, found: string): boolean {
  return wanted === undefined || wanted.includes(found);
}
