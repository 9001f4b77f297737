/** `outrider approve`, `pause`, `resume`, `halt`, `recall`: signed orders to a deployment that runs. */
import { readDeployment, type ServerClient } from "../../client/index.ts";
import { systemClock } from "../../ports/index.ts";
import type { Control } from "../../schema/index.ts";
import { createControl } from "../../trigger/index.ts";
import type { CommandDefinition } from "../command.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { addServerOptions, connectServer, type ServerOptions } from "../wiring/server-client.ts";

interface ControlOptions extends KeyOptions, ServerOptions {
  readonly reason: string;
  readonly manifest?: string;
}

interface Verb {
  readonly action: Control["action"];
  readonly description: string;
  readonly done: string;
}

const verbs: readonly Verb[] = [
  {
    action: "approve",
    description: "consent, as the second person, to a deployment that waits for approval",
    done: "approved",
  },
  { action: "pause", description: "hold a deployment: nothing more is sent", done: "paused" },
  {
    action: "resume",
    description: "go on with a paused deployment, accepting the failures so far",
    done: "resumed",
  },
  { action: "halt", description: "end a deployment; what is installed stays", done: "halted" },
  {
    action: "recall",
    description:
      "end a deployment and take its release back: no agent installs it any more; what is installed stays",
    done: "recalled",
  },
];

export const controls: CommandDefinition = (program, context) => {
  for (const { action, description, done } of verbs) {
    const command = program
      .command(action)
      .argument("<deployment>", "its id, as push and status show it")
      .requiredOption("--reason <text>", "why, for people")
      .description(description);
    if (action === "recall")
      command.option(
        "--manifest <sha256>",
        "the release to take back (default: the one that the server names, which is shown)",
      );
    command.addHelpText(
      "after",
      `\nExample:\n  outrider ${action} 22308cd7-3960-463b-af2e-46774daee257 --reason "hall 2 reports errors" --server http://127.0.0.1:8080/ --key keys/ada.secret.asc`,
    );
    addServerOptions(addKeyOptions(command)).action(async (id: string, options: ControlOptions) => {
      const terminal = context.terminal();
      const client = await connectServer(terminal, options);
      const release = action === "recall" ? await findRelease(client, id, options) : undefined;
      terminal.say(`Signing: ${action} deployment ${id}${release?.described ?? ""}`);
      const key = await openKey(terminal, options);
      const control = await createControl({
        deployment: id,
        action,
        reason: options.reason,
        ...(release === undefined ? {} : { manifest: release.manifest }),
        keys: [key],
        clock: systemClock,
        signal: terminal.signal,
      });
      await client.post("controls", control);
      terminal.result({ deployment: id, action, manifest: release?.manifest }, [
        `Deployment ${id} is ${done}.`,
        ...(release === undefined
          ? []
          : [`Nobody installs it any more; who has it keeps it: outrider status ${id}.`]),
      ]);
    });
  }
};

interface Release {
  readonly manifest: string;
  readonly described: string;
}

/** A recall names its release for good, so the server's word for it is shown before it is signed. */
async function findRelease(
  client: ServerClient,
  id: string,
  { manifest: given }: ControlOptions,
): Promise<Release> {
  if (given !== undefined) return { manifest: given, described: `, manifest ${given}` };
  const { deployment } = await readDeployment(client, id);
  const { packageName, version, manifest } = deployment;
  return { manifest, described: `, ${packageName} ${version}, manifest ${manifest}` };
}
