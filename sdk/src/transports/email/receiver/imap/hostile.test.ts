/** Servers, mails and disks that do not behave. */
import { expect, test } from "vitest";
import { testFolder } from "../../../../../test/support/archives.ts";
import { copy, eventually, imapBox, ours } from "../../../../../test/support/imap-box.ts";
import { startImapServer } from "../../../../../test/support/imap-server.ts";
import { listen } from "../../../../../test/support/listening.ts";
import { mixedMail, notificationPart } from "../../../../../test/support/mime.ts";
import { nodeFileSystem } from "../../../../ports/index.ts";
import { imapReceiver } from "../index.ts";

test.each([
  ["a line without end", "* OK ".padEnd(70_000, "x")],
  ["an answer without end", `* OK ${"x".repeat(60_000)}\r\n`.repeat(1200)],
  ["a literal that was not asked for", "* 1 FETCH (X {99999999}\r\n"],
  ["nesting without end", `* 1 FETCH ${"(".repeat(1000)}\r\n`],
  ["a NUL", "* OK \u0000\r\n"],
  ["no IMAP at all", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ["an answer to something else", "z9 OK done\r\n"],
  ["good-bye", "* BYE shutting down\r\n"],
  ["a request for more", "+ more\r\n"],
])("a hostile server: %s ends the connection, and the next one serves", async (_name, words) => {
  let misbehave = true;
  await using box = await imapBox(
    {},
    {
      instead(command) {
        if (!misbehave || !command.startsWith("UID FETCH")) return undefined;
        misbehave = false;
        return words;
      },
    },
  );
  const { server, options } = box;
  server.inbox.deliver(ours);
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  expect(misbehave).toBe(false);
});

test("mail that says it is ours and is not read: too large is not fetched, ambiguous is marked; all is said", async () => {
  const limits = { maxMailBytes: 5000 };
  await using box = await imapBox({ limits, processed: "delete" });
  const { server, options, logs } = box;
  server.inbox.deliver(
    `${ours}${"x".repeat(6000)}`,
    `Received: 2\n${mixedMail(notificationPart, notificationPart)}`,
    `Outrider-Document: ${"y".repeat(100_000)}\n\n`,
    copy("good"),
  );
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  await eventually(() => server.commands.at(-1) === "IDLE");
  expect(server.commands).not.toContain("UID FETCH 1 (UID BODY.PEEK[])");
  expect(logs.flatMap(({ code }) => code ?? [])).toEqual([
    "MESSAGE_LIMIT",
    "MESSAGE_AMBIGUOUS",
    "MESSAGE_LIMIT",
  ]);
  expect(server.inbox.mails.map(({ uid, flags }) => [uid, ...flags])).toEqual([
    [1, "\\Seen"],
    [2, "\\Seen"],
    [3, "\\Seen"],
  ]);
});

test("a server that lies about a size fills no disk", async () => {
  const limits = { maxMailBytes: 5000 };
  await using box = await imapBox(
    { limits },
    {
      instead: (command) =>
        command.startsWith("UID FETCH 1 (UID BODY.PEEK[])")
          ? `* 1 FETCH (UID 1 BODY[] {400000}\r\n${"x".repeat(400_000)})\r\nTAG OK\r\n`
          : undefined,
    },
  );
  const { server, options, logs } = box;
  server.inbox.deliver(copy(1), copy(2));
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  expect(server.connections).toBe(1);
  expect(logs.flatMap(({ code }) => code ?? [])).toEqual(["MESSAGE_LIMIT"]);
});

test("a full disk leaves the mail open; it is taken when there is room", async () => {
  let isFull = true;
  const fileSystem: typeof nodeFileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      if (!isFull || !path.includes("/mail/")) return file;
      const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
      return {
        ...file,
        stat: () => file.stat(),
        close: () => file.close(),
        write: () => Promise.reject(full),
        read: (b, p) => file.read(b, p),
        sync: () => file.sync(),
      };
    },
  };
  await using box = await imapBox({ retryMs: 20, fileSystem });
  const { server, options, folder } = box;
  server.inbox.deliver(ours);
  await using listening = listen(imapReceiver(options));
  await eventually(() => server.commands.filter((each) => each.includes("[])")).length >= 2);
  expect(listening.heard).toEqual([]);
  isFull = false;
  await listening.until(1);
  expect(server.connections).toBe(1);
  expect(await nodeFileSystem.list(folder.at("spool", "mail"))).toEqual([]);
});

test("N13 a server that lets a mail trickle is left, and tried again", async () => {
  let trickles = 0;
  await using folder = await testFolder();
  await using server = await startImapServer({
    instead(command) {
      if (!command.includes("BODY.PEEK[])") || trickles++ > 0) return undefined;
      return "* 1 FETCH (UID 1 BODY[] {50000}\r\n";
    },
    trickle: () => (trickles === 1 ? "x" : undefined),
  });
  server.inbox.deliver(ours);
  const login = { user: "agent", password: "secret" };
  await using listening = listen(
    imapReceiver({
      server: { host: "127.0.0.1", port: server.port, tls: "none", login, timeoutMs: 300 },
      spoolDirectory: folder.at("spool"),
      reconnectMs: { first: 5, longest: 20 },
    }),
  );
  await listening.until(1);
  expect(server.connections).toBeGreaterThanOrEqual(2); // on a busy machine the good one may be left as well
  expect(await nodeFileSystem.list(folder.at("spool", "mail"))).toEqual([]);
});
