/** Ways to tell machines that the server of the workspace does not have. */
import { say } from "../../errors/index.ts";
import { profilesOf } from "../../release/ways-out.ts";
import type { PushFile } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";

/** Examines by what machines shall be told. */
export function examineTransports({ rollout }: PushFile, { server }: Surroundings): Remark[] {
  if (server === undefined) return [];
  const known = profilesOf(server.document).map(({ name }) => name);
  return (rollout?.transports ?? []).flatMap((name, at) =>
    known.includes(name)
      ? []
      : [
          {
            code: "ADDRESS_INVALID",
            severity: "warning",
            pointer: `/rollout/transports/${at}`,
            sentence: say("The server of this workspace tells nobody by {0}.", name),
          } satisfies Remark,
        ],
  );
}
