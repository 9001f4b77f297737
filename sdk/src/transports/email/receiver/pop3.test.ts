import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../../test/support/archives.ts";
import { listen } from "../../../../test/support/listening.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../../../../test/support/mime.ts";
import {
  startPop3Server,
  type TestPop3Server,
  type TestPop3ServerOptions,
} from "../../../../test/support/pop3-server.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import { pop3Receiver, type Pop3ReceiverOptions } from "./index.ts";

const ours = mixedMail(notificationPart);
const foreign = "Subject: lunch?\nOutrider-Documents: none\n\nAt noon.\n.\n..\n";

/** Different copies of one message, as deliveries are. */
function copy(at: number | string): string {
  return `Received: ${at}\n${ours}`;
}

interface Case extends AsyncDisposable {
  readonly server: TestPop3Server;
  readonly folder: TestFolder;
  readonly options: Pop3ReceiverOptions;
  /** Codes, or messages where there is none. */
  readonly logs: readonly unknown[];
}

async function prepare(
  more: Partial<Pop3ReceiverOptions> = {},
  serverOptions: TestPop3ServerOptions = {},
): Promise<Case> {
  const folder = await testFolder();
  const server = await startPop3Server(serverOptions);
  const logs: unknown[] = [];
  const options: Pop3ReceiverOptions = {
    server: {
      host: "127.0.0.1",
      port: server.port,
      tls: "none",
      login: { user: "agent", password: "secret" },
      timeoutMs: 20_000,
    },
    spoolDirectory: folder.at("spool"),
    pollMs: 20,
    maxBackoffMs: 20,
    logger: { log: (_level, message, fields) => void logs.push(fields?.code ?? message) },
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

/** Commands of this kind that were given. */
function given(server: TestPop3Server, verb: string): string[] {
  return server.commands.filter((command) => command.startsWith(verb));
}

/** Waits for something that has no event. */
async function eventually(holds: () => boolean): Promise<void> {
  await expect.poll(holds).toBe(true);
}

test.each([
  ["with PIPELINING", ["TOP", "UIDL", "PIPELINING"]],
  ["one by one", ["TOP", "UIDL"]],
])(
  "takes what is there and what arrives; each header is looked at once: %s",
  async (_name, capabilities) => {
    await using box = await prepare({}, { capabilities });
    const { server, options } = box;
    server.inbox.deliver(...Array.from({ length: 120 }, () => foreign), copy(1));
    await using listening = listen(pop3Receiver(options));
    await listening.until(1);
    server.inbox.deliver(foreign, copy(2));
    await listening.until(2);
    expect(listening.heard.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
      envelopeText,
      envelopeText,
    ]);
    expect(given(server, "TOP")).toHaveLength(123);
    expect(given(server, "RETR")).toEqual(["RETR 121", "RETR 123"]);
  },
);

test("without TOP and CAPA it fetches to see, and takes ours only", async () => {
  await using box = await prepare({}, { capabilities: [] });
  box.server.inbox.deliver(foreign, ours);
  await using listening = listen(pop3Receiver(box.options));
  await listening.until(1);
  await eventually(() => given(box.server, "QUIT").length > 2);
  expect(given(box.server, "RETR")).toEqual(["RETR 1", "RETR 2"]);
});

test.each([
  ["handled", "mark", 1],
  ["handled", "delete", 0],
  ["refused", "delete", 1],
  ["ignored", "delete", 1],
] as const)("%s, processed %s", async (verdict, processed, left) => {
  await using box = await prepare({ processed });
  box.server.inbox.deliver(ours);
  await using listening = listen(pop3Receiver(box.options), async (incoming) => {
    await incoming.settle(verdict);
    await incoming.settle(verdict);
  });
  await listening.until(1);
  await eventually(() => given(box.server, "QUIT").length > 3);
  expect(box.server.inbox.mails).toHaveLength(left);
  expect(given(box.server, "RETR")).toHaveLength(1);
});

test("after a restart, and under new names, what was settled has no second effect", async () => {
  await using box = await prepare();
  const { server, options } = box;
  server.inbox.deliver(copy(1), foreign);
  {
    await using first = listen(pop3Receiver(options));
    await first.until(1);
  }
  const before = given(server, "TOP").length;
  await using second = listen(pop3Receiver(options));
  await eventually(() => given(server, "QUIT").length > 3);
  expect(given(server, "TOP")).toHaveLength(before);
  server.inbox.rebuild();
  server.inbox.deliver(copy(2));
  await second.until(1);
  expect(second.heard.map(({ origin }) => origin.slice(-6))).toEqual(["2-1002"]);
});

test("a deletion whose session does not end in order is made up for", async () => {
  let quits = 0;
  await using box = await prepare(
    { processed: "delete" },
    { instead: (command) => (command === "QUIT" && ++quits === 2 ? "cut" : undefined) },
  );
  box.server.inbox.deliver(ours);
  await using listening = listen(pop3Receiver(box.options));
  await eventually(() => box.server.inbox.mails.length === 0);
  expect(listening.heard).toHaveLength(1);
  expect(given(box.server, "DELE")).toHaveLength(2);
});

test("a connection that goes at any step is made again, and nothing is lost", async () => {
  const steps = ["CAPA", "USER", "PASS", "UIDL", "TOP 2", "LIST", "RETR", "QUIT"];
  const left = new Set(steps);
  await using box = await prepare(
    { retryMs: 1 },
    {
      instead(command) {
        const step = steps.find((each) => command.startsWith(each));
        return step !== undefined && left.delete(step) ? "cut" : undefined;
      },
    },
  );
  box.server.inbox.deliver(foreign, ours, foreign);
  await using listening = listen(pop3Receiver(box.options));
  await listening.until(1);
  expect([...left]).toEqual([]);
});

test("what was not settled comes again after a while, and its archive does not pile up", async () => {
  const archive = part(
    "application/vnd.outrider.package",
    Buffer.from("archive").toString("base64"),
  );
  await using box = await prepare({ retryMs: 30 });
  box.server.inbox.deliver(mixedMail(notificationPart, archive));
  await using listening = listen(pop3Receiver(box.options), async () => undefined);
  await listening.until(3);
  expect(await nodeFileSystem.list(box.folder.at("spool", "mail"))).toHaveLength(1);
});

test("too large is not fetched, ambiguous and endless lines are refused; the good one behind them is taken", async () => {
  await using box = await prepare({ limits: { maxMailBytes: 400_000 } });
  const { server, options, logs } = box;
  server.inbox.deliver(
    `${ours}${"x".repeat(500_000)}`,
    mixedMail(notificationPart, notificationPart),
    `Outrider-Document: ${"y".repeat(200_000)}\n\n`,
    `X: ${"y".repeat(200_000)}\n${ours}`,
    copy("good"),
  );
  await using listening = listen(pop3Receiver(options));
  await listening.until(1);
  expect(given(server, "RETR")).not.toContain("RETR 1");
  expect(logs).toEqual(["MESSAGE_LIMIT", "MESSAGE_AMBIGUOUS"]);
});

test("a server that lies about a size fills no disk", async () => {
  await using box = await prepare(
    { limits: { maxMailBytes: 10_000 } },
    { instead: (command) => (command === "LIST 1" ? "+OK 1 10\r\n" : undefined) },
  );
  box.server.inbox.deliver(`Received: 1\n${ours}${"x\n".repeat(100_000)}`, copy(2));
  await using listening = listen(pop3Receiver(box.options));
  await listening.until(1);
  expect(box.logs).toEqual(["MESSAGE_LIMIT"]);
});

test("a refused login is said without the password, and not tried again at once", async () => {
  await using box = await prepare();
  const { server, options, logs } = box;
  const login = { user: "agent", password: "wrong-one" };
  await using listening = listen(
    pop3Receiver({ ...options, server: { ...options.server, login } }),
  );
  await eventually(() => logs.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(given(server, "PASS")).toHaveLength(1);
  expect(JSON.stringify(logs)).toContain("refuses the login");
  expect(JSON.stringify(logs)).not.toContain("wrong-one");
  expect(listening.heard).toEqual([]);
});

test.each([
  ["a line without end", "UIDL", "+OK".padEnd(10_000, "x")],
  ["a list without end", "UIDL", `+OK\r\n${"1 a\r\n".repeat(1_000_001)}`],
  ["capabilities without end", "CAPA", `+OK\r\n${"X\r\n".repeat(1001)}`],
  ["no list", "UIDL", "+OK\r\nhello\r\n.\r\n"],
  ["no POP3", "UIDL", "HTTP/1.1 400\r\n"],
  ["a refusal", "RETR", "-ERR gone\r\n"],
  ["a mailbox that somebody else reads", "PASS", "-ERR [IN-USE] locked\r\n"],
])("a hostile server: %s ends the session, and the next one serves", async (_name, verb, words) => {
  let misbehave = true;
  await using box = await prepare(
    { retryMs: 1 },
    {
      instead(command) {
        if (!misbehave || !command.startsWith(verb)) return undefined;
        misbehave = false;
        return words;
      },
    },
  );
  box.server.inbox.deliver(ours);
  await using listening = listen(pop3Receiver(box.options));
  await listening.until(1);
  expect(misbehave).toBe(false);
});

test("STARTTLS that the server does not offer: no password is sent", async () => {
  await using box = await prepare(
    {},
    { instead: (command) => (command === "STLS" ? "-ERR\r\n" : undefined) },
  );
  const { server, options, logs } = box;
  await using listening = listen(
    pop3Receiver({ ...options, server: { ...options.server, tls: "starttls" } }),
  );
  await eventually(() => logs.length > 0);
  expect(given(server, "USER")).toEqual([]);
  expect(listening.heard).toEqual([]);
});

test("mail without TLS to another machine, and passwords with a line end, are refused", async () => {
  const login = { user: "a", password: "b" };
  const server = { host: "mail.vendor.test", tls: "none", login } as const;
  expect(() => pop3Receiver({ server, spoolDirectory: "/x" })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
  await using box = await prepare();
  const injected = { user: "agent", password: "secret\r\nDELE 1" };
  await using listening = listen(
    pop3Receiver({ ...box.options, server: { ...box.options.server, login: injected } }),
  );
  await eventually(() => box.logs.length > 0);
  expect(given(box.server, "USER")).toEqual([]);
  expect(listening.heard).toEqual([]);
});
