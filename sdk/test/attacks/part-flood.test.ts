/** THREATS N13: parts of archives without end, from whoever can write to the mailbox. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { PartSpool } from "../../src/transport/parts/index.ts";
import { archives } from "../../src/transports/email/receiver/archives.ts";
import { takeMail } from "../../src/transports/email/receiver/incoming.ts";
import { Spool } from "../../src/transports/email/receiver/spool.ts";
import { archiveOf, testFolder } from "../support/archives.ts";
import { partMail } from "../support/part-mails.ts";

test("N13 a flood of parts fills no disk, and throws away nothing that a verified notification wants", async () => {
  await using folder = await testFolder();
  const maxBytes = 1024 * 1024;
  const parts = new PartSpool({ directory: folder.at("parts"), maxBytes });
  const intake = {
    spool: new Spool(nodeFileSystem, folder.at("spool")),
    interest: archives({ parts }),
  };
  await intake.spool.empty();
  const take = async (bytes: Uint8Array): Promise<string> => {
    await writeFile(folder.at("mail"), partMail(bytes));
    const mail = await nodeFileSystem.open(folder.at("mail"), "read");
    let verdict = "none";
    const settle = async (given: string): Promise<void> => void (verdict = given);
    await takeMail(mail, "a mailbox", intake, settle);
    await mail.close();
    return verdict;
  };
  const wanted = [randomBytes(200_000), randomBytes(300_000)].map((bytes) => archiveOf(bytes));
  expect(await take(wanted[0]?.bytes ?? randomBytes(1))).toBe("handled");
  await parts.want({ archive: "a".repeat(64), parts: wanted.map(({ sha256 }) => sha256) });
  let most = 0;
  for (let count = 0; count < 300; count++) {
    await take(randomBytes(count % 3 === 0 ? 1 : 70_000));
    const names = await nodeFileSystem.list(folder.at("parts"));
    const sizes = await Promise.all(
      names
        .filter((name) => name.length === 64)
        .map(
          async (name) => (await nodeFileSystem.stat(join(folder.at("parts"), name)))?.size ?? 0,
        ),
    );
    expect(sizes.length).toBeLessThanOrEqual(maxBytes / 65_536); // many small ones are bounded too
    most = Math.max(
      most,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }
  expect(most).toBeLessThanOrEqual(maxBytes);
  expect(await parts.missing(wanted.map(({ sha256 }) => sha256))).toEqual([2]);
  expect(await take(wanted[1]?.bytes ?? randomBytes(1))).toBe("handled");
  expect(await parts.missing(wanted.map(({ sha256 }) => sha256))).toEqual([]);
  // What finds no room is left to people, not lost.
  expect(await take(randomBytes(600_000))).toBe("ignored");
});
