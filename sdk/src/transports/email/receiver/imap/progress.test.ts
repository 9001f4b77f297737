/** What was looked at before: over restarts, rebuilt mailboxes, other folders and 50,000 mails. */
import { expect, test } from "vitest";
import { copy, eventually, foreign, imapBox, ours } from "../../../../../test/support/imap-box.ts";
import { listen } from "../../../../../test/support/listening.ts";
import { nodeFileSystem } from "../../../../ports/index.ts";
import { imapReceiver } from "../index.ts";

test("after a restart only what is new or was not settled; what was looked at is not asked for again", async () => {
  await using box = await imapBox();
  const { server, options } = box;
  server.inbox.deliver(copy(1), foreign, copy(2));
  {
    await using first = listen(imapReceiver(options), async (incoming) => {
      if (incoming.origin.endsWith(" 1")) await incoming.settle("handled");
    });
    await first.until(2);
  }
  server.inbox.deliver(copy(3));
  const before = server.commands.length;
  await using second = listen(imapReceiver(options));
  await second.until(2);
  expect(second.heard.map(({ origin }) => origin.slice(-2))).toEqual([" 3", " 4"]);
  const asked = server.commands.slice(before).filter((each) => each.includes("HEADER.FIELDS"));
  expect(asked).toEqual(["UID FETCH 4:4 (UID BODY.PEEK[HEADER.FIELDS (Outrider-Document)])"]);
});

test("a mailbox that was rebuilt, or put back from a copy, has no second effect", async () => {
  await using box = await imapBox();
  const { server, options } = box;
  server.inbox.deliver(copy(1), copy(2));
  await using listening = listen(imapReceiver(options));
  await listening.until(2);
  server.inbox.rebuild();
  server.cut();
  await eventually(() => server.connections === 2 && server.commands.at(-1) === "IDLE");
  server.inbox.deliver(copy(3));
  await listening.until(3);
  // Put back from a copy: the same UIDVALIDITY, lower UIDs; they were other mails' before.
  server.inbox.mails = [];
  server.inbox.uidNext = 5;
  server.inbox.deliver(copy(2), copy(4));
  server.cut();
  await listening.until(4);
  expect(listening.heard).toHaveLength(4);
  expect(listening.heard[3]?.origin).toMatch(/ 6$/);
});

test("a mail that somebody moves from Junk to the inbox is taken once", async () => {
  await using box = await imapBox({ junk: true, pollMs: 20 });
  const { server, options } = box;
  server.folders.get("Junk")?.deliver(copy(1));
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  expect(listening.heard[0]?.origin).toContain(" Junk ");
  server.inbox.deliver(copy(1), copy(2));
  await listening.until(2);
  expect(listening.heard[1]?.origin).toMatch(/ INBOX 2$/);
});

test("progress that cannot be used, or is another mailbox's, counts as none", async () => {
  await using box = await imapBox();
  const { server, options, folder } = box;
  server.inbox.deliver(copy(1));
  for (const text of ["{", '{"mailbox":"agent@127.0.0.1:1"}', '{"mailbox":3,"folders":[7]}']) {
    await nodeFileSystem.remove(folder.at("spool"));
    await nodeFileSystem.makeDirectory(folder.at("spool"));
    const file = await nodeFileSystem.open(folder.at("spool", "progress.json"), "create");
    await file.write(Buffer.from(text));
    await file.close();
    await using listening = listen(imapReceiver(options));
    await listening.until(1);
  }
});

test("a mailbox of 50,000 foreign mails is looked through once; nothing of them but one field is asked for", async () => {
  await using box = await imapBox();
  const { server, options } = box;
  server.inbox.deliver(...Array.from({ length: 50_000 }, (_, at) => `Subject: ${at}\n\nx\n`), ours);
  {
    await using first = listen(imapReceiver(options));
    await first.until(1);
  }
  expect(server.commands.filter((each) => each.includes("HEADER.FIELDS"))).toHaveLength(101);
  expect(server.commands.filter((each) => each.includes("BODY.PEEK[]"))).toHaveLength(1);
  await using second = listen(imapReceiver(options));
  server.inbox.deliver(copy(2));
  await second.until(1);
  expect(server.commands.filter((each) => each.includes("HEADER.FIELDS"))).toHaveLength(102);
});
