/**
 * A real mail system for tests: Postfix hands to Dovecot, on random ports of loopback, in a folder of its own. Several may
 * run at once; nothing outlives the test run, and nothing can leave the machine.
 *
 * Debian packages: postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-sieve openssl; both servers need root.
 */
import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outsideTool } from "../support/tools.ts";
import { makeCertificates } from "./certificates.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { dovecotConfiguration, sieveScript } from "./dovecot.ts";
import { freePorts, portCloses, portOpens } from "./free-ports.ts";
import { postfixMailboxes, postfixMain, postfixMaster, type PostfixPlan } from "./postfix.ts";

/** The running system. All users of its domains exist; see postfix.ts for what the domains do. */
export interface MailSystem {
  readonly ports: MailPorts;
  /** Of every user. */
  readonly password: string;
  /** PEM of the authority. */
  readonly ca: string;
  /** The folder of a mailbox on disk, such as `…/home/customer.test/agent/Maildir`. */
  maildirOf(address: string): string;
  /** Ends the mailboxes' server: connections are cut. */
  stopMailboxes(): Promise<void>;
  startMailboxes(): Promise<void>;
  /** Ends everything and removes the folder. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where it listens, on 127.0.0.1. */
export interface MailPorts {
  readonly smtp: number;
  /** STARTTLS and login are demanded. */
  readonly submission: number;
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  readonly lmtp: number;
}

/** What a test may choose. */
export interface MailSystemOptions {
  /** Body of a shell script that gets mail to pipe.test and sieve.test on standard input, as the user `mail`. */
  readonly pipeScript?: string;
  readonly delayWarningSeconds?: number;
  /** Postfix gives up what cannot be delivered after so many seconds; default an hour. */
  readonly queueLifetimeSeconds?: number;
}

const password = "secret";

/**
 * Starts it.
 *
 * @returns `undefined` where its programs, or root, are missing: the test then returns, having said so on stderr.
 * @throws in CI, instead.
 */
export async function startMailSystem(
  options: MailSystemOptions = {},
): Promise<MailSystem | undefined> {
  const [dovecot, postfix, openssl] = ["dovecot", "postfix", "openssl"].map((name) =>
    outsideTool(name),
  );
  if (dovecot === undefined || postfix === undefined || openssl === undefined) return undefined;
  if (process.getuid?.() !== 0) return withoutRoot();
  process.umask(0o022); // the servers run as users of their own, who read what is written for them
  const folder = await mkdtemp(join(tmpdir(), "outrider-mailsystem-"));
  await chmod(folder, 0o755);
  const [smtp, submission, other, imap, imaps, pop3, pop3s, lmtp] = (await freePorts(8)) as Ports8;
  const ports = { smtp, submission, imap, imaps, pop3, pop3s, lmtp };
  const certificates = await makeCertificates(openssl, folder);
  const mailboxes = join(folder, "dovecot");
  const pipe = join(mailboxes, "pipe");
  await prepareMailboxes(mailboxes, pipe, options.pipeScript ?? "cat >/dev/null");
  const configuration = join(mailboxes, "dovecot.conf");
  await writeFile(
    configuration,
    dovecotConfiguration({ at: mailboxes, ports, certificates, password }),
  );
  const program = "/usr/lib/postfix/sbin/master";
  const relay: PostfixPlan = {
    at: join(folder, "postfix"),
    ports: { ...ports, other },
    certificate: certificates.certificate,
    key: certificates.key,
    authSocket: join(mailboxes, "run", "auth-postfix"),
    pipeProgram: join(pipe, "agent"),
    delayWarningSeconds: options.delayWarningSeconds ?? 0,
    queueLifetimeSeconds: options.queueLifetimeSeconds ?? 3600,
  };
  await prepareRelay(relay, postfix);
  execFileSync("sievec", ["-c", configuration, join(mailboxes, "before.sieve")]);
  await chmod(join(mailboxes, "before.svbin"), 0o644);

  let running: Daemon | undefined;
  const system: MailSystem = {
    ports,
    password,
    ca: await readFile(certificates.authority, "utf8"),
    maildirOf(address) {
      const [user = "", domain = ""] = address.split("@");
      return join(mailboxes, "home", domain, user, "Maildir");
    },
    async startMailboxes() {
      running = startDaemon([dovecot, "-F", "-c", configuration], join(folder, "dovecot.out"));
      await Promise.all([imap, imaps, pop3, pop3s, lmtp].map(portOpens));
    },
    async stopMailboxes() {
      await running?.stop();
      await Promise.all([imap, imaps, pop3, pop3s, lmtp].map(portCloses));
      running = undefined;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([relaying.stop(), system.stopMailboxes()]);
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
  const relaying = startDaemon(
    [program, "-d", "-c", join(relay.at, "conf")],
    join(folder, "postfix.out"),
  );
  await system.startMailboxes();
  await Promise.all([smtp, submission, other].map(portOpens));
  return system;
}

type Ports8 = [number, number, number, number, number, number, number, number];

async function prepareMailboxes(at: string, pipe: string, script: string): Promise<void> {
  for (const name of ["run", "state", "home", "pipe"])
    await mkdir(join(at, name), { recursive: true });
  const [user = 8, group = 8] = ["-u", "-g"].map((what) =>
    Number(execFileSync("id", [what, "mail"]).toString()),
  );
  await chown(join(at, "home"), user, group);
  await writeFile(join(at, "before.sieve"), sieveScript);
  await writeFile(join(pipe, "agent"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await chown(pipe, user, group);
}

async function prepareRelay(plan: PostfixPlan, postfix: string): Promise<void> {
  for (const name of ["conf", "spool", "data"])
    await mkdir(join(plan.at, name), { recursive: true });
  const user = Number(execFileSync("id", ["-u", "postfix"]).toString());
  await chown(join(plan.at, "data"), user, -1);
  await chmod(join(plan.at, "data"), 0o700);
  await writeFile(join(plan.at, "conf", "main.cf"), postfixMain(plan));
  await writeFile(join(plan.at, "conf", "master.cf"), postfixMaster(plan));
  await writeFile(join(plan.at, "conf", "mailboxes"), postfixMailboxes);
  // Makes the folders of the queue, with their owners.
  execFileSync(postfix, ["-c", join(plan.at, "conf"), "check"], { stdio: "ignore" });
}

function withoutRoot(): undefined {
  const message = "only root can start Postfix and Dovecot: a test that needs them was NOT RUN";
  if (process.env.OUTRIDER_CI === "1") throw new Error(message);
  process.stderr.write(`\n!!! ${message} !!!\n\n`);
  return undefined;
}
