/** How the receiver gets into a mailbox, and where it does not show its password. */
import { expect, test } from "vitest";
import { eventually, imapBox, ours } from "../../../../../test/support/imap-box.ts";
import { listen } from "../../../../../test/support/listening.ts";
import { imapReceiver } from "../index.ts";

test("a login that fails for the server's own reasons is tried again", async () => {
  let isBroken = true;
  await using box = await imapBox(
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
  await using box = await imapBox({}, { password: "other" });
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
  await using box = await imapBox({}, { capabilities, instead: accept });
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
  await using box = await imapBox({}, serverOptions);
  const { server, options, logs } = box;
  await using listening = listen(
    imapReceiver({ ...options, server: { ...options.server, tls: "starttls" } }),
  );
  await eventually(() => logs.length > 0);
  expect(server.commands.filter((command) => /LOGIN|AUTH/.test(command))).toEqual([]);
  expect(listening.heard).toEqual([]);
});
