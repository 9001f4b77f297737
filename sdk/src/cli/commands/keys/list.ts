/** `outrider keys list`: what is in key files, or in gpg. */
import { fileError, resolvePath } from "../../../release/files.ts";
import type { KeyDescription } from "../../../signing/openpgp/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { formatTable } from "../../table.ts";

interface Listed extends KeyDescription {
  readonly place: string;
}

export const listCommand: CommandDefinition = (group, context) => {
  group
    .command("list")
    .argument("[folder]", "folder of key files", ".")
    .option("--gpg", "secret keys of gpg-agent and smart cards instead")
    .description("list keys")
    .addHelpText("after", "\nExamples:\n  outrider keys list keys\n  outrider keys list --gpg")
    .action(async (folder: string, options: { gpg?: true }) => {
      const terminal = context.terminal();
      const { listGpgKeys, listKeyFiles } = await import("../../../signing/sources/index.ts");
      const problems: string[] = [];
      const listed: Listed[] = [];
      if (options.gpg === true) {
        for (const key of await listGpgKeys({ signal: terminal.signal }))
          listed.push({ ...key, place: "gpg" });
      } else {
        const files = await listKeyFiles(resolvePath(terminal, folder), {
          signal: terminal.signal,
        }).catch((error: unknown) => {
          throw fileError(error, folder, "read");
        });
        for (const { path, keys, problem } of files) {
          if (problem !== undefined) problems.push(problem);
          for (const key of keys) listed.push({ ...key, place: path });
        }
      }
      terminal.result({ keys: listed, problems }, [
        ...(listed.length === 0
          ? ["No keys."]
          : formatTable(
              ["fingerprint", "owner", "algorithm", "until", "secret", "in"],
              listed.map(row),
            )),
        ...problems,
      ]);
    });
};

function row({
  fingerprint,
  userIds,
  algorithm,
  expiresAt,
  revoked,
  secret,
  place,
}: Listed): string[] {
  const until = revoked ? "revoked" : (expiresAt?.toISOString().slice(0, 10) ?? "no end");
  return [fingerprint, userIds[0] ?? "", algorithm, until, secret, place];
}
