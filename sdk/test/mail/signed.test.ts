/**
 * A person's mailbox: the mail is correctly signed for gpg, OpenPGP.js and NeoMutt, after SMTP and LMTP, after a relay
 * without 8BITMIME, and in a pipe. What NeoMutt shows is kept in docs/guide/mail/signed-mail.txt (OUTRIDER_UPDATE=1 writes it).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { testArchive } from "../support/archives.ts";
import { testDelivery } from "../support/delivery.ts";
import { gnupgHome, type GnupgHome } from "../support/gnupg.ts";
import { testCertificate } from "../support/keys.ts";
import { openpgpjsAccepts, openpgpjsKey } from "../support/openpgpjs.ts";
import { started } from "../support/started.ts";
import { outsideTool } from "../support/tools.ts";

const capture = join(import.meta.dirname, "../../../docs/guide/mail/signed-mail.txt");
let running: MailSystem | undefined;
beforeAll(async () => {
  running = await startMailSystem({
    pipeScript:
      'cat >"$(dirname "$0")/mail.tmp" && mv "$(dirname "$0")/mail.tmp" "$(dirname "$0")/mail"',
  });
});
afterAll(() => running?.[Symbol.asyncDispose]());

test("a mail to people is correctly signed however it came, and NeoMutt says so", async () => {
  const [gpgPath, neomutt, script] = ["gpg", "neomutt", "script"].map(outsideTool);
  if (running === undefined || gpgPath === undefined) return;
  if (neomutt === undefined || script === undefined) return;
  await using home = await gnupgHome(gpgPath);
  const { source, certificate } = await testCertificate("Press Control updates");
  await home.gpg("--import", await home.file("key.asc", certificate));
  await home.file("trust", `${source.fingerprint}:6:\n`);
  await home.gpg("--import-ownertrust", join(home.directory, "trust"));
  const { bytes, sha256, size } = testArchive(50_000);
  const attachment = { path: await home.file("archive", bytes), sha256, size };
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: running.ports.smtp, tls: "none" }],
    serverKey: source,
    clock: { now: () => new Date("2026-11-22T12:00:00Z") },
  });
  const summary = {
    packageName: "press-control",
    version: "3.0.0",
    reason: "Säumige Druckwerke: drift of the ink ducts fixed   ",
  };
  const addresses = ["ada@customer.test", "ada@relay8bit.test", "ada@pipe.test"];
  const ids = {
    id: "3f0a4a5e-6c1e-4a57-9a39-0d5f8f1a2b3c",
    deployment: "7d7a8a61-1b0e-4c57-8b56-3a1f0c9d8e7f",
  };
  for (const address of addresses)
    await sender.send(testDelivery([address], { summary, attachment, ...ids }));
  await sender.close();

  const key = await openpgpjsKey(certificate);
  for (const address of addresses) {
    const { signed, signature } = cut(await arrived(running, address));
    expect(await openpgpjsAccepts(signed, signature, key, new Date())).toBe(true);
    const files = [await home.file("signature.asc", signature), await home.file("signed", signed)];
    const { stdout } = await home.gpg("--status-fd", "1", "--verify", ...files);
    expect(stdout).toContain(`VALIDSIG ${source.fingerprint}`);
  }

  const shown = await shownBy(neomutt, script, home, await arrived(running, "ada@customer.test"));
  expect(shown).toContain("Good signature from: Press Control updates");
  expect(shown).toContain("What:  press-control 3.0.0");
  const steady = shown
    .replaceAll(/[^ -~\n]\]9;\d+[^ -~\n]/g, "") // marks of NeoMutt's own for its colours
    .replaceAll(/^\*\*\* Begin Notation[^]*?End Notation \*\*\*\n/gm, "") // a salt
    .replaceAll(/^( +created: ).*$/gm, "$1Sun Nov 22 12:00:00 2026");
  if (process.env.OUTRIDER_UPDATE === "1") await writeFile(capture, steady);
  expect(steady).toBe(await readFile(capture, "utf8"));
});

/** The mail as it lies with its recipient. */
async function arrived(system: MailSystem, address: string): Promise<Buffer> {
  if (address.endsWith("@pipe.test")) {
    const path = join(system.maildirOf(address), "../../../../pipe/mail");
    await expect.poll(() => readFile(path).catch(() => undefined)).toBeDefined();
    return readFile(path);
  }
  const box = join(system.maildirOf(address), "new");
  await expect.poll(() => readdir(box).catch(() => [])).toHaveLength(1);
  const [name = ""] = await readdir(box);
  return readFile(join(box, name));
}

/** The two parts of a multipart/signed, with CRLF as RFC 3156 5 says. */
function cut(raw: Buffer): { readonly signed: Buffer; readonly signature: string } {
  const text = raw.toString("latin1").replaceAll(/\r?\n/g, "\r\n");
  const top = text.slice(0, text.indexOf("\r\n\r\n")).replaceAll(/\r\n\s+/g, " ");
  const boundary = /boundary="?([^";]+)"?/.exec(top)?.[1] ?? "";
  const [, signed = "", signature = ""] = text.split(`--${boundary}`);
  return {
    signed: Buffer.from(signed.slice(2, -2), "latin1"),
    signature: signature.slice(signature.indexOf("-----BEGIN")),
  };
}

/** What a person sees who opens the mail; NeoMutt hands it to a filter before it paints it. */
async function shownBy(
  neomutt: string,
  script: string,
  home: GnupgHome,
  mail: Buffer,
): Promise<string> {
  const box = join(home.directory, "box");
  for (const folder of ["new", "cur", "tmp"]) await mkdir(join(box, folder), { recursive: true });
  await writeFile(join(box, "new", "1"), mail);
  const shown = join(home.directory, "shown.txt");
  const rc = await home.file(
    "neomuttrc",
    [
      "set crypt_use_gpgme=yes crypt_verify_sig=yes mbox_type=Maildir",
      `set folder='${home.directory}' record='' postponed=''`,
      "set sleep_time=0 wait_key=no quit=yes delete=no move=no header_cache=''",
      "set send_charset=utf-8 charset=utf-8 assumed_charset=utf-8",
      "alternative_order text/plain",
      "ignore *",
      "unignore from to subject date auto-submitted",
      "hdr_order from to subject date auto-submitted",
      `set display_filter="tee ${shown}"`,
      'push "<display-message><exit><exit>"',
    ].join("\n"),
  );
  const command = `'${neomutt}' -n -F '${rc}' -f '${box}'`;
  const child = started(
    spawn(script, ["-qec", command, "/dev/null"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: {
        ...process.env,
        GNUPGHOME: home.directory,
        HOME: home.directory,
        TERM: "xterm",
        LANG: "C.UTF-8",
        LC_ALL: "C.UTF-8",
        TZ: "UTC",
        LINES: "50",
        COLUMNS: "90",
      },
    }),
  );
  const deadline = setTimeout(() => child.kill(), 120_000);
  await once(child, "close");
  clearTimeout(deadline);
  return readFile(shown, "utf8");
}
