/** The whole way through Postfix and Dovecot: a push, and agents that hear by IMAP, POP3, Postfix's pipe and Sieve. */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AgentConfig } from "../../src/schema/index.ts";
import { makeAgent, makeServer } from "../cli/support/fleet.ts";
import { makeVendor, packageFolder } from "../cli/support/vendor.ts";
import { Workshop } from "../cli/support/workshop.ts";
import { deliverTo } from "../servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { buildAgentFile } from "../support/agent-file.ts";
import { verifies } from "../support/verifies.ts";

let workshop: Workshop;
let running: MailSystem | undefined;
beforeAll(async () => {
  workshop = await Workshop.open();
  running = await startMailSystem({ pipeScript: pipeScript(workshop.directory) });
});
afterAll(async () => {
  await workshop.close();
  await running?.[Symbol.asyncDispose]();
});

/** What a site writes for its mail system; only an agent that does not even start needs a code of its own. */
function pipeScript(folder: string): string {
  return `cd ${folder} || exit 75
case "$2" in ?*) config=pipe.json ;; *) config=sieve.json ;; esac
exec ./node outrider-agent.mjs receive --pipe "$config" >>"$config.out" 2>&1`;
}

test("ordered by mail; installed by IMAP, POP3, Postfix's pipe and Sieve; a copy that comes again has no effect", async () => {
  verifies("transport-email");
  if (running === undefined) return;
  const { ports, ca, password } = running;
  const keys = await makeVendor(workshop);
  await workshop.write("ca.pem", ca);
  await workshop.write("password", `${password}\n`);
  const mailbox = { host: "localhost", passwordFile: "password", caFile: "ca.pem" };
  const addresses = {
    imap: "imap@customer.test",
    pop3: "pop3@customer.test",
    pipe: "pipe@pipe.test",
    sieve: "sieve@sieve.test",
  };
  const receivers: Record<keyof typeof addresses, AgentConfig["receivers"]> = {
    imap: [{ kind: "imap", ...mailbox, port: ports.imaps, user: addresses.imap }],
    pop3: [
      {
        kind: "pop3",
        ...mailbox,
        port: ports.pop3,
        tls: "starttls",
        user: addresses.pop3,
        processed: "delete",
        pollSeconds: 1,
      },
    ],
    pipe: [{ kind: "maildir", path: "unused" }],
    sieve: [{ kind: "maildir", path: "unused" }],
  };
  const names = ["imap", "pop3", "pipe", "sieve"] as const;
  const agents = [];
  for (const name of names)
    agents.push(
      await makeAgent(workshop, name, { email: addresses[name] }, { receivers: receivers[name] }),
    );
  await handToMailSystem();
  const relays = [{ host: "127.0.0.1", port: ports.smtp, tls: "none" as const }];
  await makeServer(workshop, keys.server, {
    transports: { email: { from: "updates@vendor.test", relays } },
    mailboxes: [{ kind: "imap", ...mailbox, port: ports.imaps, user: "updates@vendor.test" }],
    agents,
  });
  await workshop.done("publish", packageFolder);
  const server = workshop.start("serve");
  await server.says(/^http:\S+$/m);
  const byImap = workshop.start("agent", "run", "imap.json");
  const byPop3 = workshop.start("agent", "run", "pop3.json");
  await byImap.says(/Listening to imap@customer\.test/);
  const push = ["push", "--package", packageFolder, "--group", "ships"];
  const relay = ["--smtp-server", `localhost:${ports.submission}`, "--smtp-ca-file", "ca.pem"];
  const login = ["--smtp-user", "ada@vendor.test", "--smtp-password-file", "password"];
  const byMail = ["--via", "mail", "--to", "updates@vendor.test", "--from", "ada@vendor.test"];
  const key = ["--key", keys.ada.secretKey];
  const told = await workshop.done(...push, ...byMail, ...relay, ...login, ...key);
  expect(told).toContain("mailed to updates@vendor.test");

  for (const agent of [byImap, byPop3])
    await agent.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
  for (const name of names)
    await expect
      .poll(() => workshop.read(`${name}/installed/press-control/current/app.txt`).catch(String))
      .toBe("press-control 3.0.0\n");

  const box = join(running.maildirOf(addresses.imap), "cur");
  await expect.poll(() => seenIn(box)).toHaveLength(1);
  const [name = ""] = await seenIn(box);
  const mail = await readFile(join(box, name), "latin1");
  for (const name of names) await deliverTo(running, addresses[name], mail);
  await expect.poll(() => seenIn(box)).toHaveLength(2);
  await expect
    .poll(async () => (await workshop.read("sieve.json.out")).match(/"outcome":"handled"/g))
    .toHaveLength(2);
  expect(`${byImap.stdout}${byImap.stderr}`.match(/outcome=installed/g)).toHaveLength(1);
});

/** The single-file agent, a Node that everybody may run, and folders of the two agents that the mail system starts. */
async function handToMailSystem(): Promise<void> {
  await buildAgentFile(workshop.path("outrider-agent.mjs"));
  await copyFile(process.execPath, workshop.path("node"));
  await chmod(workshop.path("node"), 0o755);
  for (const name of ["pipe", "sieve"]) {
    await workshop.write(`${name}.json.out`, "");
    const owned = [name, `${name}.json.out`].map((each) => workshop.path(each));
    execFileSync("chown", ["-R", "mail:mail", ...owned]);
  }
  await chmod(workshop.directory, 0o755);
}

async function seenIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(":2,S"));
}
