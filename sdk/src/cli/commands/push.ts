/** `outrider push`: makes a trigger bound to the package's contents, signs it, and sends it to the server. */
import { Option } from "commander";
import {
  countInstalled,
  isUnderWay,
  type ServerClient,
  type ShownDeployment,
} from "../../client/index.ts";
import { OutriderError } from "../../errors/index.ts";
import { writeFileWhole } from "../../release/files.ts";
import { makeTrigger } from "../../release/order.ts";
import { changesOf } from "../../release/push-changes.ts";
import { readReviewed, withOptions, type PushOptions } from "../../release/push-order.ts";
import type { Trigger } from "../../schema/index.ts";
import type { CommandDefinition } from "../command.ts";
import { openDeploymentDisplay } from "../deployment-display.ts";
import type { Terminal } from "../io.ts";
import { addOrderOptions } from "../options.ts";
import { watchDeployment } from "../wiring/deployment.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { describeLost } from "../wiring/machines.ts";
import { addOrderMailOptions, openOrderMail, type OrderMailOptions } from "../wiring/order-mail.ts";
import { addServerOptions, connectServer, type ServerOptions } from "../wiring/server-client.ts";

interface Options extends KeyOptions, PushOptions, ServerOptions, OrderMailOptions {
  readonly package: string;
  readonly reason?: string;
  readonly out?: string;
  readonly dryRun?: true;
  readonly wait?: true;
}

export const push: CommandDefinition = (program, context) => {
  const command = program
    .command("push")
    .argument("[file]", "a reviewed push file, NAME.push.json")
    .requiredOption(
      "--package <package>",
      "the archive or folder to push: the trigger is bound to its contents",
    );
  addOrderOptions(command)
    .option("--reason <text>", "why, for people")
    .option("--out <file>", "write the signed trigger to a file instead of sending it")
    .addOption(
      new Option("--dry-run", "make and sign the trigger, show it, send nothing").conflicts("out"),
    )
    .addOption(
      new Option(
        "--wait",
        "show its progress until it is over; fails if it pauses or halts; Ctrl-C ends only the watching",
      ).conflicts(["out", "dryRun"]),
    )
    .description("order a deployment with a signed trigger")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider push --package dist/press-control-3.0.0 --group hall-2 --server http://127.0.0.1:8080/ --key keys/push.secret.asc\n  outrider push rollouts/all.push.json --package dist/press-control-3.0.0 --gpg 0123…4567\n  outrider push all.push.json --package dist/press-control-3.0.0 --via mail --to updates@vendor.example --from ada@vendor.example --smtp-server mail.vendor.example --smtp-user ada --smtp-password-file mail.password --key keys/push.secret.asc",
    );
  addOrderMailOptions(addServerOptions(addKeyOptions(command))).action(
    async (file: string | undefined, options: Options) => {
      const terminal = context.terminal();
      const reviewed = file === undefined ? undefined : await readReviewed(terminal, file);
      const order = withOptions(reviewed, options);
      const changes = reviewed === undefined ? [] : changesOf(reviewed, order);
      if (changes.length > 0) terminal.say(`Otherwise than in ${file}: ${changes.join(", ")}.`);
      const isSent = options.out === undefined && options.dryRun !== true;
      const byMail =
        isSent && options.via === "mail" ? await openMail(terminal, options) : undefined;
      const client =
        isSent && byMail === undefined ? await connectServer(terminal, options) : undefined;
      const { reference, trigger } = await makeTrigger(terminal, order, {
        ...options,
        openKey: () => openKey(terminal, options),
      });
      const described = `${reference.name} ${reference.version}`;
      if (options.out !== undefined) {
        await writeFileWhole(terminal, options.out, trigger, { force: false });
        terminal.result(
          { trigger: options.out, package: reference },
          `Trigger for ${described} in ${options.out}.`,
        );
      } else if (byMail !== undefined) {
        await byMail.send(trigger);
        const deployment = idOf(trigger);
        terminal.result(
          { deployment, package: reference, to: byMail.to },
          `Trigger for ${described} mailed to ${byMail.to}. Once the server has read it, and if it has the package (outrider publish), deployment ${deployment} runs.`,
        );
      } else if (client === undefined) {
        const { document } = JSON.parse(new TextDecoder().decode(trigger)) as { document: string };
        const shown: unknown = JSON.parse(document);
        terminal.result(shown, [JSON.stringify(shown, null, 2), "Nothing was sent."]);
      } else {
        const deployment = await client.post("triggers", trigger);
        const accepted = `Deployment ${deployment} of ${described} accepted.`;
        if (options.wait !== true)
          return terminal.result({ deployment, package: reference }, accepted);
        terminal.say(accepted);
        if (!(await isInstalledByAll(terminal, client, deployment))) context.exitWith(1);
      }
    },
  );
};

/** What goes by mail has no answer: nothing can be watched. */
async function openMail(terminal: Terminal, options: Options): ReturnType<typeof openOrderMail> {
  if (options.wait !== true) return openOrderMail(terminal, options);
  throw new OutriderError(
    "CONFIG_INVALID",
    "A mailbox does not answer: leave --wait out, and ask the server with outrider status.",
  );
}

/** A deployment has its trigger's id. */
function idOf(trigger: Uint8Array): string {
  const { document } = JSON.parse(new TextDecoder().decode(trigger)) as { document: string };
  return (JSON.parse(document) as Trigger).id;
}

/** Shows its progress. What goes on after Ctrl-C is the deployment; only the watching ends. */
async function isInstalledByAll(
  terminal: Terminal,
  client: ServerClient,
  deployment: string,
): Promise<boolean> {
  const display = openDeploymentDisplay(terminal);
  const isOver = (shown: ShownDeployment): boolean => !isUnderWay(shown);
  let isDone = false;
  let last: ShownDeployment | undefined;
  try {
    for await (const watched of watchDeployment(client, deployment, isOver, terminal.signal)) {
      display.show(watched);
      last = watched;
      const { installed, agents } = countInstalled(watched);
      isDone = watched.state === "finished" && installed === agents;
      if (watched.state === "paused")
        terminal.say(`It waits for somebody: outrider resume ${deployment}, or halt or recall.`);
    }
    display.end();
    if (last !== undefined && !terminal.json && !terminal.signal.aborted)
      for (const line of await describeLost(client, last, { signal: terminal.signal }))
        terminal.say(line);
  } finally {
    if (terminal.signal.aborted)
      terminal.say(`It goes on: outrider status ${deployment} shows how far it is.`);
  }
  return isDone;
}
