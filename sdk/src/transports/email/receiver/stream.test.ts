import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { testFolder } from "../../../../test/support/archives.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../../../../test/support/mime.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import { streamReceiver, type StreamReceiverOptions } from "./index.ts";

const signal = new AbortController().signal;

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size)
    yield Buffer.from(text.slice(at, at + size), "latin1");
}

async function hear(
  text: string,
  options: Partial<StreamReceiverOptions> = {},
): Promise<{ documents: string[]; archive: string | undefined; spool: string[] }> {
  await using folder = await testFolder();
  const documents: string[] = [];
  let archive: string | undefined;
  const receiver = streamReceiver({
    input: inPieces(text, 1000),
    spoolDirectory: folder.at("spool"),
    ...options,
  });
  for await (const incoming of receiver.receive({ signal })) {
    documents.push(Buffer.from(incoming.bytes).toString());
    if (incoming.attachment !== undefined)
      archive = await readFile(incoming.attachment.path, "latin1");
    await incoming.settle("handled");
  }
  return { documents, archive, spool: await nodeFileSystem.list(folder.at("spool")) };
}

test("takes one mail, with its archive, and leaves nothing in the spool", async () => {
  const archive = part(
    "application/vnd.outrider.package",
    Buffer.from("the archive").toString("base64"),
  );
  expect(await hear(mixedMail(notificationPart, archive))).toEqual({
    documents: [envelopeText],
    archive: "the archive",
    spool: [],
  });
});

test("takes a bare envelope", async () => {
  expect(await hear(envelopeText)).toMatchObject({ documents: [envelopeText], spool: [] });
});

test.each(["", "Subject: x\n\nlunch?\n", "\0\0\0"])(
  "%j is not ours: nothing, without an error",
  async (text) => {
    expect(await hear(text)).toMatchObject({ documents: [], spool: [] });
  },
);

test("what cannot be read in one way is told to the mail system", async () => {
  await expect(hear(mixedMail(notificationPart, notificationPart))).rejects.toMatchObject({
    code: "MESSAGE_AMBIGUOUS",
  });
});

test("an endless message is cut off at the limit", async () => {
  let sent = 0;
  const endless = (async function* () {
    for (;;) {
      sent += 65_536;
      yield Buffer.alloc(65_536, "x");
    }
  })();
  const hearing = hear("", { input: endless, limits: { maxMailBytes: 1_000_000 } });
  await expect(hearing).rejects.toMatchObject({ code: "MESSAGE_LIMIT" });
  expect(sent).toBeLessThan(1_200_000);
});

test("a bare envelope past its limit is refused", async () => {
  const limits = { maxDocumentBytes: envelopeText.length - 1 };
  await expect(hear(envelopeText, { limits })).rejects.toMatchObject({ code: "MESSAGE_LIMIT" });
});

test("a pipe that breaks is UNAVAILABLE", async () => {
  const broken = (async function* () {
    yield Buffer.from("From: x\n");
    throw new Error("EPIPE");
  })();
  await expect(hear("", { input: broken })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
