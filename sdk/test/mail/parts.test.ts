/**
 * A package too large for one mail, through Postfix and Dovecot: it goes in numbered parts, two are lost on the way and
 * asked for by mail, one agent gets it encrypted. The server reads its own mailbox; nothing but mail connects the two.
 */
import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RegisteredAgent } from "../../src/schema/index.ts";
import { openDecryptionKey } from "../../src/transports/email/receiver/decrypt/index.ts";
import { makeAgent, makeServer } from "../cli/support/fleet.ts";
import { makeTrust, source } from "../cli/support/vendor.ts";
import { Workshop } from "../cli/support/workshop.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";

let workshop: Workshop;
let running: MailSystem | undefined;
beforeAll(async () => {
  workshop = await Workshop.open();
  running = await startMailSystem();
});
afterAll(async () => {
  await workshop.close();
  await running?.[Symbol.asyncDispose]();
});

const contentBytes = 40_000_000;
const partBytes = 6_000_000;
const partCount = 7;

test("40 MB in parts, two lost and asked for again, one agent's encrypted", async () => {
  if (running === undefined) return;
  const keys = await makeTrust(workshop);
  const content = randomBytes(contentBytes);
  await workshop.write("payload/large.bin", content);
  await workshop.write("outrider.json", source);
  await workshop.done("build", "--threads", "1", "--level", "1");
  const folder = `dist/${source.name}-${source.version}`;
  await workshop.done("sign", folder, "--key", keys.ada.secretKey);
  const agents = await makeAgents(running);
  await serveBy(running, keys.server, agents);
  await workshop.done("publish", folder);

  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  const plan = ["plan", "--package", folder, "--group", "ships"];
  expect(await workshop.done(...plan)).toMatch(new RegExp(`in ${partCount} parts`));
  const push = ["push", "--package", folder, "--group", "ships", "--server", url];
  await workshop.done(...push, "--key", keys.ada.secretKey);
  for (const { addresses } of agents)
    await expect.poll(() => mailsOf(addresses.email)).toHaveLength(1 + partCount);
  const lost = await lose(agents[0]?.addresses.email, [2, 5]);
  expect(lost).toHaveLength(2);
  expect(await typesIn(agents[0]?.addresses.email)).toEqual(["part"]);
  expect(await typesIn(agents[1]?.addresses.email)).toEqual(["sealed"]);

  const listening = agents.map(({ id }) => workshop.start("agent", "run", `${id}.json`));
  for (const agent of listening)
    await expect.poll(() => `${agent.stdout}${agent.stderr}`).toMatch(/outcome=installed/);
  for (const { id } of agents)
    expect(
      content.equals(
        await readFile(workshop.path(id, "installed/press-control/current/large.bin")),
      ),
    ).toBe(true);
  await expect.poll(() => workshop.done("status", "--server", url)).toMatch(/finished/);
  const numbers = async (): Promise<number[]> =>
    (await mailsOf(agents[0]?.addresses.email)).map(({ part }) => part);
  await expect.poll(numbers).toEqual(expect.arrayContaining([2, 5]));
  expect(`${server.stdout}${server.stderr}`).not.toMatch(/ERR_|TypeError/);
});

/** One in the open, one with a key; both have nothing but mail. */
async function makeAgents({ ports, password, ca }: MailSystem): Promise<RegisteredAgent[]> {
  await workshop.write("ca.pem", ca);
  await workshop.write("password", `${password}\n`);
  const { publicKey } = await openDecryptionKey(workshop.path("sealed.key"), "sealed");
  const agents: RegisteredAgent[] = [];
  for (const id of ["open", "sealed"]) {
    const email = `${id}@customer.test`;
    const known = await makeAgent(
      workshop,
      id,
      { email },
      {
        receivers: [
          {
            kind: "imap",
            host: "localhost",
            port: ports.imaps,
            user: email,
            passwordFile: "password",
            caFile: "ca.pem",
          },
        ],
        // Longer than a slow machine takes for one part: whoever asks while parts still come gets all of them twice.
        obtain: { email: { patienceSeconds: 10 } },
        retrySeconds: 1,
        receipts: [
          {
            kind: "email",
            to: "updates@vendor.test",
            from: email,
            host: "127.0.0.1",
            port: ports.smtp,
            tls: "none",
          },
        ],
        ...(id === "sealed" ? { decryptionKeyFile: "sealed.key" } : {}),
      },
    );
    agents.push({ ...known, ...(id === "sealed" ? { encryptionKey: publicKey } : {}) });
  }
  return agents;
}

async function serveBy(
  { ports }: MailSystem,
  key: Parameters<typeof makeServer>[1],
  agents: RegisteredAgent[],
): Promise<void> {
  await makeServer(workshop, key, {
    transports: {
      email: {
        from: "updates@vendor.test",
        relays: [{ host: "127.0.0.1", port: ports.smtp, tls: "none" }],
        maxAttachmentBytes: partBytes,
      },
    },
    mailboxes: [
      {
        kind: "imap",
        host: "localhost",
        port: ports.imaps,
        user: "updates@vendor.test",
        passwordFile: "password",
        caFile: "ca.pem",
      },
    ],
    agents,
  });
}

interface KeptMail {
  readonly path: string;
  /** Start of it. */
  readonly text: string;
  /** 0: the notification. */
  readonly part: number;
}

async function mailsOf(address = ""): Promise<KeptMail[]> {
  const maildir = running?.maildirOf(address) ?? "";
  const mails: KeptMail[] = [];
  for (const folder of ["new", "cur"])
    for (const name of await readdir(join(maildir, folder)).catch(() => [])) {
      const path = join(maildir, folder, name);
      const text = await beginningOf(path);
      const [, number = "0"] = /^Subject: .*part (\d+) of/m.exec(text) ?? [];
      mails.push({ path, text, part: Number(number) });
    }
  return mails;
}

/** A mail of a part is large, and is looked at many times. */
async function beginningOf(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(8000) });
  return buffer.toString("latin1", 0, bytesRead);
}

/** How the parts travel, each way once. */
async function typesIn(address: string | undefined): Promise<string[]> {
  const parts = (await mailsOf(address)).filter(({ part }) => part > 0);
  const types = parts.map(({ text }) => /vnd\.outrider\.(part|sealed)/.exec(text)?.[1] ?? "none");
  return [...new Set(types)];
}

/** Removes the mails of these parts, as a mail system that loses them would. */
async function lose(address: string | undefined, parts: readonly number[]): Promise<string[]> {
  const gone = (await mailsOf(address)).filter(({ part }) => parts.includes(part));
  for (const { path } of gone) await rm(path);
  return gone.map(({ path }) => path);
}
