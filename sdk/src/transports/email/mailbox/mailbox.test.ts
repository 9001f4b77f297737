import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { testFolder } from "../../../../test/support/archives.ts";
import { mixedMail, notificationPart } from "../../../../test/support/mime.ts";
import { isOutriderError } from "../../../errors/index.ts";
import { nodeFileSystem, silentLogger } from "../../../ports/index.ts";
import type { ReturnedMail } from "../../../transport/index.ts";
import { defaultLimits } from "../receiver/mime/limits.ts";
import { recognizeMail } from "../receiver/mime/read-mail.ts";
import { serverMail } from "./server-mail.ts";

const reference = "42-AbCdEfGhIjKlMnOp";
const messageId = `<0123456789abcdef01234567.${reference}@vendor.test>`;

/** A report as Postfix writes it. */
function report(changes: {
  readonly message?: string;
  readonly recipients?: readonly string[];
  readonly returned?: string;
  readonly type?: string;
}): string {
  const {
    message = `Reporting-MTA: dns; mail.vendor.test\nOriginal-Envelope-Id: ${reference}\nArrival-Date: now`,
    recipients = [blockFor("a@site.test")],
    returned = `Return-Path: <updates@vendor.test>\nMessage-ID:\n ${messageId}\nSubject: Update`,
    type = 'multipart/report; report-type=delivery-status;\n\tboundary="B/1"',
  } = changes;
  return [
    "From: MAILER-DAEMON@mail.vendor.test (Mail Delivery System)",
    "Subject: Undelivered Mail Returned to Sender",
    "Auto-Submitted: auto-replied",
    "MIME-Version: 1.0",
    `Content-Type: ${type}`,
    "",
    "This is a MIME-encapsulated message.",
    "",
    "--B/1",
    "Content-Description: Notification",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "I'm sorry to have to inform you.",
    "",
    "--B/1",
    "Content-Description: Delivery report",
    "Content-Type: message/delivery-status",
    "",
    message,
    "",
    recipients.join("\n\n"),
    "",
    "--B/1",
    "Content-Description: Undelivered Message Headers",
    "Content-Type: text/rfc822-headers",
    "",
    returned,
    "",
    "--B/1--",
    "",
  ].join("\n");
}

function blockFor(address: string, action = "failed", status = "5.1.1"): string {
  return [
    `Final-Recipient: rfc822; other-${address}`,
    `Original-Recipient: rfc822;${address}`,
    `Action: ${action}`,
    `Status: ${status}`,
    "Diagnostic-Code: smtp; 550 5.1.1 <a@site.test>: Recipient address",
    "    rejected: \u001b[31mno such user",
  ].join("\n");
}

async function read(text: string): Promise<ReturnedMail | string> {
  await using folder = await testFolder();
  await writeFile(folder.at("mail"), text, "latin1");
  const file = await nodeFileSystem.open(folder.at("mail"), "read");
  try {
    const content = await serverMail(silentLogger).read(file, defaultLimits, () => {
      throw new Error("nothing is attached");
    });
    if (content === undefined) return "foreign";
    if ("settled" in content) return content.settled;
    return content.returned ?? "document";
  } catch (error) {
    return isOutriderError(error) ? error.code : String(error);
  } finally {
    await file.close();
  }
}

describe("a report", () => {
  test("tells which mail, whom, and the carrier's words on one line", async () => {
    expect(await read(report({}))).toEqual({
      reference,
      recipients: [
        {
          address: "a@site.test",
          action: "failed",
          status: "5.1.1",
          detail: "550 5.1.1 <a@site.test>: Recipient address rejected: ?[31mno such user",
        },
      ],
    });
  });

  test.each(["failed", "delayed", "delivered", "relayed", "expanded"])(
    "of several recipients, one %s",
    async (action) => {
      const recipients = [blockFor("a@site.test"), blockFor("b@site.test", action, "2.0.0")];
      expect(await read(report({ recipients }))).toMatchObject({
        recipients: [{ action: "failed" }, { address: "b@site.test", action, status: "2.0.0" }],
      });
    },
  );

  test("without an envelope id is known by the Message-ID, and the other way round", async () => {
    const message = "Reporting-MTA: dns; mail.site.test";
    expect(await read(report({ message }))).toMatchObject({ reference });
    expect(await read(report({ returned: "Subject: nothing" }))).toMatchObject({ reference });
  });

  test("about a mail of somebody else is foreign", async () => {
    const message = "Reporting-MTA: dns; mail.site.test";
    const returned = "Message-ID: <1234@site.test>";
    expect(await read(report({ message, returned }))).toBe("foreign");
  });

  test("whose envelope id and Message-ID name different mails is refused", async () => {
    const returned = `Message-ID: ${messageId.replace("42-", "43-")}`;
    expect(await read(report({ returned }))).toBe("MESSAGE_AMBIGUOUS");
  });

  test("of a read receipt, or without its machine-readable part, is foreign", async () => {
    const type = 'multipart/report; report-type=disposition-notification; boundary="B/1"';
    const text = report({ type }).replace("message/delivery-status", "message/disposition-x");
    expect(await read(text)).toBe("foreign");
  });

  test("with more recipients than anybody has, or two status parts, is refused", async () => {
    const recipients = Array.from({ length: 1001 }, (_, at) => blockFor(`a${at}@site.test`));
    expect(await read(report({ recipients }))).toBe("MESSAGE_LIMIT");
    const twice = report({}).replace("text/plain; charset=us-ascii", "message/delivery-status");
    expect(await read(twice)).toBe("MESSAGE_AMBIGUOUS");
  });

  test("with recipients that are none has none of them", async () => {
    const block = "Final-Recipient: x400; C=de\nAction: failed\nStatus: 5.1.1";
    const recipients = [block, blockFor("b@site.test", "exploded")];
    expect(await read(report({ recipients }))).toEqual({ reference, recipients: [] });
  });
});

describe("told apart from reports", () => {
  test("documents of Outrider", async () => {
    expect(await read(mixedMail(notificationPart))).toBe("document");
  });

  const vacation = (field: string, answered = messageId): string =>
    `From: a@site.test\nSubject: On holiday\n${field}\nIn-Reply-To: ${answered}\n\nBack in May.\n`;

  test.each([
    "Auto-Submitted: auto-replied (vacation)",
    "X-Autoreply: yes",
    "Precedence: auto_reply",
  ])("an automatic reply to a mail of ours, by %s: put aside", async (field) => {
    expect(await read(vacation(field))).toBe("handled");
  });

  test("an automatic reply to somebody else, a person's answer, spam: left alone", async () => {
    expect(await read(vacation("Auto-Submitted: auto-replied", "<1@site.test>"))).toBe("foreign");
    expect(await read(vacation("Auto-Submitted: no"))).toBe("foreign");
    expect(await read("Subject: win\n\nclick here\n")).toBe("foreign");
  });

  test("a stranger's mail with a header beyond all bounds: left alone; a disk that fails says nothing of it", async () => {
    await using folder = await testFolder();
    await writeFile(folder.at("mail"), `X-Trace: ${"x".repeat(500)}\n`.repeat(2000));
    const file = await nodeFileSystem.open(folder.at("mail"), "read");
    const read = (from: typeof file): Promise<unknown> =>
      serverMail(silentLogger).read(from, defaultLimits, () => Promise.reject(new Error("none")));
    expect(await read(file)).toBeUndefined();
    const failing = { ...file, read: () => Promise.reject(new Error("EIO")) };
    await expect(read(failing)).rejects.toThrow("EIO");
    await expect(recognizeMail(failing, defaultLimits)).rejects.toThrow("EIO");
    await file.close();
  });

  test("by header lines alone, before anything is fetched", () => {
    const { tells } = serverMail(silentLogger);
    const told = [
      "Outrider-Document: receipt/1",
      "Content-Type: multipart/report; report-type=delivery-status",
      "content-type:multipart/report",
      " multipart/report; boundary=x",
      "Auto-Submitted: auto-replied",
    ];
    expect(told.filter((line) => !tells(line))).toEqual([]);
    const others = [
      "Content-Type: multipart/mixed",
      "Subject: multipart/report",
      "Precedence: list",
    ];
    expect(others.filter((line) => tells(line))).toEqual([]);
  });
});
