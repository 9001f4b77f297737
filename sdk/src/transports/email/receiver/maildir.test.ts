import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../../test/support/archives.ts";
import { makeMaildir } from "../../../../test/support/mail.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../../../../test/support/mime.ts";
import { verifies } from "../../../../test/support/verifies.ts";
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import type { Incoming } from "../../../transport/index.ts";
import { maildirReceiver, type MaildirReceiverOptions } from "./index.ts";

const ours = mixedMail(notificationPart);
const foreign = "Subject: lunch?\n\nAt noon.\n";
const seen = process.platform === "win32" ? ";2,S" : ":2,S";

function optionsIn(
  folder: TestFolder,
  options: Partial<MaildirReceiverOptions> = {},
): MaildirReceiverOptions {
  return { path: folder.at("box"), spoolDirectory: folder.at("spool"), pollMs: 5, ...options };
}

/** Listens until it has heard so many. */
async function hear(
  options: MaildirReceiverOptions,
  count: number,
  use: (incoming: Incoming, at: number) => Promise<void>,
): Promise<number> {
  let heard = 0;
  for await (const incoming of maildirReceiver(options).receive({
    signal: AbortSignal.timeout(60_000),
  })) {
    await use(incoming, heard++);
    if (heard === count) break;
  }
  return heard;
}

async function boxIn(folder: TestFolder, mails: Readonly<Record<string, string>>): Promise<void> {
  await makeMaildir(folder.at("box"));
  for (const [name, content] of Object.entries(mails)) await arrive(folder, name, content);
}

/** As mail systems deliver: whole, or not there yet. */
async function arrive(folder: TestFolder, name: string, content = ours): Promise<void> {
  await writeFile(folder.at("box", "tmp", name), content, "latin1");
  await rename(folder.at("box", "tmp", name), folder.at("box", "new", name));
}

test.each([
  ["handled", undefined, [`1.a${seen}`], []],
  ["refused", undefined, [`1.a${seen}`], []],
  ["ignored", undefined, [], ["1.a"]],
  ["handled", "delete", [], []],
  ["refused", "delete", [`1.a${seen}`], []],
] as const)("%s, processed %s", async (verdict, processed, cur, fresh) => {
  await using folder = await testFolder();
  await boxIn(folder, { "1.a": ours });
  const options = optionsIn(folder, processed === undefined ? {} : { processed });
  await hear(options, 1, async (incoming) => {
    expect(Buffer.from(incoming.bytes).toString()).toBe(envelopeText);
    await incoming.settle(verdict);
    await incoming.settle(verdict);
  });
  expect(await nodeFileSystem.list(folder.at("box", "cur"))).toEqual(cur);
  expect(await nodeFileSystem.list(folder.at("box", "new"))).toEqual(fresh);
});

test("takes mail in the order of its arrival, also while it listens", async () => {
  await using folder = await testFolder();
  await boxIn(folder, { "2.b": ours, "1.a": ours });
  const origins: string[] = [];
  await hear(optionsIn(folder), 3, async (incoming, at) => {
    origins.push(incoming.origin.slice(-3));
    await incoming.settle("handled");
    if (at === 0) await arrive(folder, "3.c");
  });
  expect(origins).toEqual(["1.a", "2.b", "3.c"]);
});

test("foreign mail is opened once and left exactly as it is", async () => {
  verifies("step-83");
  await using folder = await testFolder();
  const mails = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`${at}.x`, foreign]));
  await boxIn(folder, { ...mails, "z.ours": ours });
  const opened: string[] = [];
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    open(path, mode) {
      opened.push(path);
      return nodeFileSystem.open(path, mode);
    },
  };
  await hear(optionsIn(folder, { fileSystem }), 2, async (incoming, at) => {
    await incoming.settle("handled");
    if (at === 0) setTimeout(() => void arrive(folder, "zz.ours"), 60); // several looks later
  });
  expect(opened).toHaveLength(302);
  expect(new Set(opened).size).toBe(302);
  expect(await nodeFileSystem.list(folder.at("box", "new"))).toHaveLength(300);
});

test("what is ours and cannot be read is reported, marked, and not yielded", async () => {
  await using folder = await testFolder();
  await boxIn(folder, { "1.bad": mixedMail(notificationPart, notificationPart), "2.good": ours });
  const warnings: unknown[] = [];
  const logger = {
    log: (_level: string, _message: string, fields?: object) => void warnings.push(fields),
  };
  await hear(optionsIn(folder, { logger, processed: "delete" }), 1, (incoming) =>
    incoming.settle("handled"),
  );
  expect(warnings).toEqual([
    expect.objectContaining({
      code: "MESSAGE_AMBIGUOUS",
      origin: folder.at("box", "new", "1.bad"),
    }),
  ]);
  expect(await nodeFileSystem.list(folder.at("box", "cur"))).toEqual([`1.bad${seen}`]);
});

test("what was not settled comes again after a while, and its archive does not pile up", async () => {
  await using folder = await testFolder();
  const archive = part(
    "application/vnd.outrider.package",
    Buffer.from("archive").toString("base64"),
  );
  await boxIn(folder, { "1.a": mixedMail(notificationPart, archive) });
  const heard = await hear(optionsIn(folder, { retryMs: 1 }), 4, async () => undefined);
  expect(heard).toBe(4);
  expect(await nodeFileSystem.list(folder.at("spool"))).toHaveLength(1);
  await hear(optionsIn(folder), 1, (incoming) => incoming.settle("handled"));
  expect(await nodeFileSystem.list(folder.at("spool"))).toEqual([]);
});

test("no Maildir: UNAVAILABLE at once; one that goes and comes back is waited for", async () => {
  await using folder = await testFolder();
  await expect(hear(optionsIn(folder), 1, async () => undefined)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await boxIn(folder, { "1.a": ours });
  const heard = await hear(optionsIn(folder), 2, async (incoming, at) => {
    await incoming.settle("handled");
    if (at > 0) return;
    await rename(folder.at("box"), folder.at("away"));
    setTimeout(() => {
      void rename(folder.at("away"), folder.at("box")).then(() => arrive(folder, "2.b"));
    }, 50);
  });
  expect(heard).toBe(2);
});

test("folders, dot files and marks of other programs do no harm", async () => {
  await using folder = await testFolder();
  await boxIn(folder, { ".hidden": ours, "1.a:2,": ours });
  await mkdir(folder.at("box", "new", "0.folder"));
  const heard = await hear(optionsIn(folder), 2, async (incoming, at) => {
    await incoming.settle("handled");
    if (at === 0) setTimeout(() => void arrive(folder, "2.b"), 60); // several looks later
  });
  expect(heard).toBe(2);
  expect(await nodeFileSystem.list(folder.at("box", "cur"))).toEqual([`1.a${seen}`, `2.b${seen}`]);
});

test("the agent's half carries no mail library, and is small", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "index.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    metafile: true,
    write: false,
  });
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([]);
  expect(outputFiles[0]?.contents.length).toBeLessThan(60_000);
});
