/** A package that is to be attached and does not fit into one mail of the workspace's server. */
import { say } from "../../errors/index.ts";
import { compareVersions, isInRange } from "../../package/index.ts";
import { mailProfile } from "../../release/ways-out.ts";
import type { PushFile } from "../../schema/index.ts";
import { carryOf, defaultAttachmentBytes } from "../../server/carriage/carry.ts";
import { findBuilt } from "../built/find.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";

const pointer = "/delivery";

/** Examines the delivery of the package as it was last built. */
export async function examineAttachment(
  { package: name, version = "*", delivery }: PushFile,
  surroundings: Surroundings,
): Promise<Remark[]> {
  const email = surroundings.server?.document.transports?.email;
  if (delivery !== "attach" || email === undefined) return [];
  const built = (await findBuilt(name, surroundings))
    .filter(({ manifest }) => version === "*" || isInRange(manifest.version, version))
    .toSorted((left, right) => compareVersions(left.manifest.version, right.manifest.version))
    .at(-1);
  if (built?.archiveBytes === undefined) return [];
  const profile = mailProfile(email);
  const carry = carryOf("attach", built.archiveBytes, profile);
  const most = profile.maxAttachmentBytes ?? defaultAttachmentBytes;
  const release = `${name} ${built.manifest.version}`;
  if (carry.kind === "attach") return [];
  return [
    {
      code: "MESSAGE_LIMIT",
      severity: "warning",
      pointer,
      sentence:
        carry.kind === "parts"
          ? say(
              "{0} has {1} bytes and a mail of this server takes {2}: it goes in {3} parts.",
              release,
              built.archiveBytes,
              most,
              carry.count,
            )
          : say(
              "{0} has {1} bytes, more than this server sends by mail: machines must obtain it otherwise.",
              release,
              built.archiveBytes,
            ),
      repairs: [
        {
          title: say("Write {0}", "offer"),
          changes: [{ kind: "write", pointer, value: "offer" }],
          safe: false,
        },
      ],
    },
  ];
}
