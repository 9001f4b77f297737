import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testFolder } from "../../../test/support/archives.ts";
import { startMailServer } from "../../../test/support/mail.ts";
import { transportConformance } from "../../testing/index.ts";
import { maildirReceiver } from "./receiver/index.ts";
import { emailSender } from "./sender/index.ts";

describe("transport conformance: mail, by SMTP into a Maildir", () => {
  const cases = transportConformance(async () => {
    const folder = await testFolder();
    for (const name of ["new", "cur", "tmp"])
      await mkdir(folder.at(join("agent-1", name)), { recursive: true });
    const mail = await startMailServer({ maildirs: folder.path });
    const sender = emailSender({
      from: "updates@vendor.test",
      relays: [{ host: "127.0.0.1", port: mail.port, tls: "none" }],
    });
    return {
      sender,
      address: "agent-1@customer.test",
      openReceiver: () =>
        maildirReceiver({
          path: folder.at("agent-1"),
          spoolDirectory: folder.at("spool"),
          pollMs: 20,
        }),
      directory: folder.path,
      attaches: true,
      showsCatalog: false,
      async close() {
        await sender.close();
        await mail.close();
        await folder[Symbol.asyncDispose]();
      },
    };
  });
  test.each(cases)("$name", ({ run }) => expect(run()).resolves.toBeUndefined());
});
