import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../../test/support/archives.ts";
import {
  startImapServer,
  type TestImapServer,
  type TestImapServerOptions,
} from "../../../../test/support/imap-server.ts";
import { listen } from "../../../../test/support/listening.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../../../../test/support/mime.ts";
import { verifies } from "../../../../test/support/verifies.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import { imapReceiver, type ImapReceiverOptions } from "./index.ts";

const ours = mixedMail(notificationPart);
const foreign = "Subject: lunch?\nOutrider-Documents: none\n\nAt noon.\n";

/** Different copies of one message, as deliveries are. */
function copy(at: number | string): string {
  return `Received: ${at}\n${ours}`;
}

interface Log {
  readonly level: string;
  readonly message: string;
  readonly code: unknown;
}

interface Case extends AsyncDisposable {
  readonly server: TestImapServer;
  readonly folder: TestFolder;
  readonly options: ImapReceiverOptions;
  readonly logs: readonly Log[];
}

async function prepare(
  more: Partial<ImapReceiverOptions> = {},
  serverOptions: TestImapServerOptions = {},
): Promise<Case> {
  const folder = await testFolder();
  const server = await startImapServer(serverOptions);
  const logs: Log[] = [];
  const options: ImapReceiverOptions = {
    server: {
      host: "127.0.0.1",
      port: server.port,
      tls: "none",
      login: { user: "agent", password: "secret" },
      timeoutMs: 20_000,
    },
    spoolDirectory: folder.at("spool"),
    reconnectMs: { first: 5, longest: 20 },
    logger: {
      log: (level, message, fields) => void logs.push({ level, message, code: fields?.code }),
    },
    ...more,
  };
  return {
    server,
    folder,
    options,
    logs,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Waits for something that has no event. */
async function eventually(holds: () => boolean): Promise<void> {
  await expect.poll(holds).toBe(true);
}

test("takes what is there, then what arrives, the moment that it does; foreign mail is not fetched", async () => {
  verifies("step-82");
  await using box = await prepare();
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
  await using box = await prepare({ processed });
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
  await using box = await prepare(
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

test("after a restart only what is new or was not settled; what was looked at is not asked for again", async () => {
  await using box = await prepare();
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
  await using box = await prepare();
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
  await using box = await prepare({ junk: true, pollMs: 20 });
  const { server, options } = box;
  server.folders.get("Junk")?.deliver(copy(1));
  await using listening = listen(imapReceiver(options));
  await listening.until(1);
  expect(listening.heard[0]?.origin).toContain(" Junk ");
  server.inbox.deliver(copy(1), copy(2));
  await listening.until(2);
  expect(listening.heard[1]?.origin).toMatch(/ INBOX 2$/);
});

test("what was not settled comes again after a while, and its archive does not pile up", async () => {
  const archive = part(
    "application/vnd.outrider.package",
    Buffer.from("archive").toString("base64"),
  );
  await using box = await prepare({ retryMs: 20 });
  const { server, options, folder } = box;
  server.inbox.deliver(mixedMail(notificationPart, archive));
  await using listening = listen(imapReceiver(options), async () => undefined);
  await listening.until(4);
  expect(await nodeFileSystem.list(folder.at("spool", "mail"))).toHaveLength(1);
});

test("without IDLE, and where IDLE tells nothing, it looks by itself", async () => {
  const capabilities = ["IMAP4rev1", "AUTH=PLAIN"];
  await using polling = await prepare({ pollMs: 20 }, { capabilities });
  await using one = listen(imapReceiver(polling.options));
  await eventually(() => polling.server.commands.includes("NOOP"));
  polling.server.inbox.deliver(ours);
  await one.until(1);
  expect(polling.server.commands).not.toContain("IDLE");
  await using deaf = await prepare({ idleMs: 20 }, { deaf: true });
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
  await using box = await prepare(
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

test("a login that fails for the server's own reasons is tried again", async () => {
  let isBroken = true;
  await using box = await prepare(
    {},
    {
      instead(command) {
        if (!isBroken || !command.startsWith("AUTHENTICATE")) return undefined;
        isBroken = false;
        return "TAG NO [UNAVAILABLE] later\r\n";
      },
    },
  );
  box.server.inbox.deliver(ours);
  await using listening = listen(imapReceiver(box.options));
  await listening.until(1);
  expect(isBroken).toBe(false);
});

test("a refused login is said, and not tried again at once", async () => {
  await using box = await prepare({}, { password: "other" });
  const { server, options, logs } = box;
  await using listening = listen(imapReceiver(options));
  await eventually(() => logs.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(server.connections).toBe(1);
  expect(logs[0]?.message).toContain("refuses the login");
  expect(JSON.stringify(logs)).not.toContain("secret");
  expect(listening.heard).toEqual([]);
});

test.each([
  [
    "a password by LOGIN",
    ["IMAP4rev1", "IDLE"],
    { user: "a", password: "secret" },
    'LOGIN "a" "secret"',
  ],
  [
    "a token by XOAUTH2",
    ["IMAP4rev1", "IDLE", "AUTH=XOAUTH2", "SASL-IR"],
    { user: "a", accessToken: async () => "t" },
    `AUTHENTICATE XOAUTH2 ${Buffer.from("user=a\u0001auth=Bearer t\u0001\u0001").toString("base64")}`,
  ],
])("%s", async (_name, capabilities, login, command) => {
  const accept = (given: string): string | undefined =>
    given.startsWith("AUTH") ? "TAG OK in\r\n" : undefined;
  await using box = await prepare({}, { capabilities, instead: accept });
  const { server, options } = box;
  server.inbox.deliver(ours);
  await using listening = listen(
    imapReceiver({ ...options, server: { ...options.server, login } }),
  );
  await listening.until(1);
  expect(server.commands).toContain(command);
});

test("mail without TLS to another machine is refused before anything is sent", () => {
  const login = { user: "a", password: "b" };
  expect(() =>
    imapReceiver({
      server: { host: "mail.vendor.test", tls: "none", login },
      spoolDirectory: "/x",
    }),
  ).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test.each([
  ["PREAUTH ahead of STARTTLS", { greeting: "* PREAUTH welcome" }],
  ["no STARTTLS", { instead: () => "TAG BAD what?\r\n" }],
  [
    "words injected ahead of the handshake",
    {
      instead: (command: string) =>
        command === "STARTTLS" ? "TAG OK go\r\n* PREAUTH x\r\n" : undefined,
    },
  ],
])("STARTTLS: %s is refused, and no password is sent", async (_name, serverOptions) => {
  await using box = await prepare({}, serverOptions);
  const { server, options, logs } = box;
  await using listening = listen(
    imapReceiver({ ...options, server: { ...options.server, tls: "starttls" } }),
  );
  await eventually(() => logs.length > 0);
  expect(server.commands.filter((command) => /LOGIN|AUTH/.test(command))).toEqual([]);
  expect(listening.heard).toEqual([]);
});

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
  await using box = await prepare(
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
  await using box = await prepare({ limits, processed: "delete" });
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
  await using box = await prepare(
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
  await using box = await prepare({ retryMs: 20, fileSystem });
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

test("progress that cannot be used, or is another mailbox's, counts as none", async () => {
  await using box = await prepare();
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
  await using box = await prepare();
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
