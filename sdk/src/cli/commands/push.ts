/** `outrider push`: makes a trigger bound to the package's contents, signs it, and sends it to the server. */
import { Option } from "commander";
import { OutriderError, type ErrorCode } from "../../errors/index.ts";
import { contentsSha512 } from "../../package/index.ts";
import { systemClock, type KeySource } from "../../ports/index.ts";
import { readDocumentText, validateManifest, type PackageReference } from "../../schema/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import { createTrigger } from "../../trigger/index.ts";
import type { CommandDefinition } from "../command.ts";
import { writeFileWhole } from "../files.ts";
import type { Terminal } from "../io.ts";
import { several, wholeNumber } from "../options.ts";
import { followProgress } from "../progress.ts";
import { addKeyOptions, openKey, type KeyOptions } from "../wiring/key.ts";
import { openPackage } from "../wiring/package.ts";
import { readPushOrder, type PushOptions } from "../wiring/push.ts";

interface Options extends KeyOptions, PushOptions {
  readonly package: string;
  readonly server?: string;
  readonly reason?: string;
  readonly out?: string;
}

interface BoundPackage {
  readonly reference: PackageReference;
  readonly contentsSha512: Uint8Array;
}

export const push: CommandDefinition = (program, context) => {
  const command = program
    .command("push")
    .argument("[file]", "a reviewed push file, NAME.push.json")
    .requiredOption(
      "--package <package>",
      "the archive or folder to push: the trigger is bound to its contents",
    )
    .addOption(
      new Option("--server <url>", "the server, such as http://127.0.0.1:8080/").env(
        "OUTRIDER_SERVER",
      ),
    )
    .option("--group <name>", "push to this group; may be given several times", several)
    .option("--agent <id>", "push to this agent; may be given several times", several)
    .addOption(
      new Option("--delivery <how>", "does the archive travel along?").choices([
        "attach",
        "offer",
        "auto",
      ]),
    )
    .option("--valid <seconds>", "how long the trigger is good (default: a week)", wholeNumber)
    .option(
      "--allow-downgrade <version>",
      "installed version that this older release may replace",
      several,
    )
    .option("--reason <text>", "why, for people")
    .option("--out <file>", "write the signed trigger to a file instead of sending it")
    .description("order a deployment with a signed trigger")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider push --package dist/press-control-3.0.0 --group hall-2 --server http://127.0.0.1:8080/ --key keys/push.secret.asc\n  outrider push rollouts/all.push.json --package dist/press-control-3.0.0 --gpg 0123…4567",
    );
  addKeyOptions(command).action(async (file: string | undefined, options: Options) => {
    const terminal = context.terminal();
    const order = await readPushOrder(terminal, file, options);
    const { reference, contentsSha512: contents } = await bind(terminal, options.package);
    if (order.packageName !== undefined && order.packageName !== reference.name)
      throw new OutriderError(
        "CONFIG_INVALID",
        `${file ?? ""} is for ${order.packageName}; ${options.package} is ${reference.name}.`,
      );
    const { packageName: _, ...rest } = order;
    const key: KeySource = await openKey(terminal, options);
    const trigger = await createTrigger({
      ...rest,
      package: reference,
      contentsSha512: contents,
      event: {
        kind: "manual",
        ...(options.reason === undefined ? {} : { detail: options.reason }),
      },
      keys: [key],
      clock: systemClock,
      signal: terminal.signal,
    });
    const described = `${reference.name} ${reference.version}`;
    if (options.out !== undefined) {
      await writeFileWhole(terminal, options.out, trigger, { force: false });
      return terminal.result(
        { trigger: options.out, package: reference },
        `Trigger for ${described} in ${options.out}.`,
      );
    }
    const { deployment } = await send(terminal, options.server, trigger);
    return terminal.result(
      { deployment, package: reference },
      `Deployment ${deployment} of ${described} accepted.`,
    );
  });
};

async function bind(terminal: Terminal, target: string): Promise<BoundPackage> {
  const { manifest, archive } = await openPackage(terminal, target);
  try {
    const document = readDocumentText(manifest.text, validateManifest, target);
    const progress = followProgress(terminal, "binding the trigger to the contents");
    const contents = await contentsSha512(
      archive,
      { document, bytes: manifest.bytes },
      {
        signal: terminal.signal,
        onProgress: progress.update,
      },
    ).finally(progress.stop);
    const { name, version } = document;
    return {
      reference: { name, version, manifest: sha256Hex(manifest.bytes) },
      contentsSha512: contents,
    };
  } finally {
    await archive.close();
  }
}

/** Sends it as any client would. A refusal is thrown as the server gave it. */
async function send(
  terminal: Terminal,
  server: string | undefined,
  trigger: Uint8Array,
): Promise<{ deployment: string }> {
  if (server === undefined || !URL.canParse("triggers", server))
    throw new OutriderError(
      "CONFIG_INVALID",
      "Which server? Pass --server URL or set OUTRIDER_SERVER.",
      { subject: server ?? "" },
    );
  const url = new URL("triggers", server.endsWith("/") ? server : `${server}/`).href;
  const response = await fetch(url, {
    method: "POST",
    body: Buffer.from(trigger),
    redirect: "error",
    signal: terminal.signal,
  }).catch((cause: unknown) => {
    throw new OutriderError("UNAVAILABLE", `${url} does not answer.`, { subject: url, cause });
  });
  const answer = (await response.json().catch(() => ({}))) as {
    deployment?: string;
    code?: ErrorCode;
    message?: string;
  };
  if (answer.deployment !== undefined) return { deployment: answer.deployment };
  throw new OutriderError(
    answer.code ?? "UNAVAILABLE",
    answer.message ?? `${url} answered ${response.status}.`,
    { subject: url },
  );
}
