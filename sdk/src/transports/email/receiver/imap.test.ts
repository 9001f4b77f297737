/** What is taken from a mailbox, when, and what becomes of the mail. */
import { expect, test } from "vitest";
import { copy, eventually, foreign, imapBox, ours } from "../../../../test/support/imap-box.ts";
import { listen } from "../../../../test/support/listening.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../../../../test/support/mime.ts";
import { verifies } from "../../../../test/support/verifies.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import { imapReceiver } from "./index.ts";

test("takes what is there, then what arrives, the moment that it does; foreign mail is not fetched", async () => {
  verifies("step-82");
  await using box = await imapBox();
  const { server, options } = box;
  server.inbox.deliver(foreign, copy(1), foreign);
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  await eventually(() => server.commands.at(-1) === "IDLE");
  server.inbox.deliver(foreign, copy(2));
  await listening.until(2);
  expect(listening.heard.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
    envelopeText,
    envelopeText,
  ]);
  const fetched = server.commands.filter((command) => command.includes("BODY.PEEK[]"));
  expect(fetched).toEqual(["UID FETCH 2 (UID BODY.PEEK[])", "UID FETCH 5 (UID BODY.PEEK[])"]);
});

test.each([
  ["handled", "mark", ["\\Seen"], 1, 0],
  ["refused", "mark", ["\\Seen"], 1, 0],
  ["ignored", "mark", [], 1, 0],
  ["handled", "delete", [], 0, 0],
  ["refused", "delete", ["\\Seen"], 1, 0],
  ["handled", { moveTo: "Done & gone" }, [], 0, 1],
  ["refused", { moveTo: "Done & gone" }, ["\\Seen"], 1, 0],
] as const)("%s, processed %j", async (verdict, processed, flags, left, moved) => {
  await using box = await imapBox({ processed });
  const { server, options } = box;
  server.inbox.deliver(ours);
  await using listening = listen(imapReceiver(options), async (incoming) => {
    await incoming.settle(verdict);
    await incoming.settle(verdict);
  });
  await listening.until(1);
  await eventually(() => server.commands.at(-1) === "IDLE");
  expect(server.inbox.mails).toHaveLength(left);
  expect([...(server.inbox.mails[0]?.flags ?? [])]).toEqual(flags);
  expect(server.folders.get("Done &- gone")?.mails ?? []).toHaveLength(moved);
});

test("without UIDPLUS and MOVE: copied and marked, and nobody else's mail is expunged", async () => {
  await using box = await imapBox(
    { processed: { moveTo: "Entwürfe" } },
    { capabilities: ["IMAP4rev1", "IDLE", "LOGINDISABLED", "AUTH=PLAIN", "SASL-IR"] },
  );
  const { server, options } = box;
  server.inbox.deliver(ours);
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  await eventually(() => server.commands.at(-1) === "IDLE");
  expect(server.folders.get("Entw&APw-rfe")?.mails).toHaveLength(1);
  expect([...(server.inbox.mails[0]?.flags ?? [])]).toEqual(["\\Seen", "\\Deleted"]);
  expect(server.commands.filter((command) => command.includes("EXPUNGE"))).toEqual([]);
});

test("what was not settled comes again after a while, and its archive does not pile up", async () => {
  const archive = part(
    "application/vnd.outrider.package",
    Buffer.from("archive").toString("base64"),
  );
  await using box = await imapBox({ retryMs: 20 });
  const { server, options, folder } = box;
  server.inbox.deliver(mixedMail(notificationPart, archive));
  await using listening = listen(imapReceiver(options), async () => undefined);
  await listening.until(4);
  expect(await nodeFileSystem.list(folder.at("spool", "mail"))).toHaveLength(1);
});

test("without IDLE, and where IDLE tells nothing, it looks by itself", async () => {
  const capabilities = ["IMAP4rev1", "AUTH=PLAIN"];
  await using polling = await imapBox({ pollMs: 20 }, { capabilities });
  await using one = listen(imapReceiver(polling.options));
  await eventually(() => polling.server.commands.includes("NOOP"));
  polling.server.inbox.deliver(ours);
  await one.until(1);
  expect(polling.server.commands).not.toContain("IDLE");
  await using deaf = await imapBox({ idleMs: 20 }, { deaf: true });
  await using two = listen(imapReceiver(deaf.options));
  await eventually(() => deaf.server.commands.includes("DONE"));
  deaf.server.inbox.deliver(ours);
  await two.until(1);
});

test("a connection that goes at any step is made again, and nothing is lost or doubled", async () => {
  const steps = [
    "CAPABILITY",
    "AUTHENTICATE",
    "SELECT",
    "UID FETCH 1:*",
    "UID FETCH 1:3",
    "UID FETCH 2 (UID RFC822",
    "UID FETCH 2 (UID BODY",
    "UID STORE",
    "IDLE",
  ];
  const left = new Set(steps);
  await using box = await imapBox(
    { retryMs: 20 },
    {
      instead(command) {
        const step = steps.find((each) => command.startsWith(each));
        return step !== undefined && left.delete(step) ? "cut" : undefined;
      },
    },
  );
  const { server, options } = box;
  server.inbox.deliver(foreign, copy(1), foreign);
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  await eventually(() => server.connections > steps.length && server.commands.at(-1) === "IDLE");
  expect(listening.heard).toHaveLength(1);
  expect(server.connections).toBe(steps.length + 1);
  expect([...(server.inbox.mails[1]?.flags ?? [])]).toEqual(["\\Seen"]);
});
