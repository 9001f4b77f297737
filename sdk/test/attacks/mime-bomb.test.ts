/** N6: MIME bombs. Bounds act while reading; every bomb is refused in under 100 ms, and nothing is left in the spool. */
import { expect, test } from "vitest";
import { mail, mixedMail, nested, notificationPart, part, read } from "../support/mime.ts";

const empty = "Content-Type: text/plain\n\n\n";

/** The best of three: what else this machine does is not the reader's. */
async function fastest(content: string): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 3; count++) times.push((await read(content)).milliseconds);
  return Math.min(...times);
}

function deep(levels: number): string {
  let inner = notificationPart;
  for (let level = levels; level > 0; level--)
    inner = nested("multipart/mixed", `level-${level}-end`, inner);
  return mail(inner);
}

test.each([
  ["200,000 parts", mixedMail(`${`${empty}--outer\n`.repeat(200_000)}${empty}`)],
  [
    "200,000 parts without header",
    mail(`Content-Type: multipart/mixed; boundary=a\n\n${"--a\n\n".repeat(200_000)}--a--\n`),
  ],
  ["3,000 levels", deep(3000)],
  ["nine levels", deep(9)],
  ["a million fields in a part", mixedMail(`${"X: y\n".repeat(1_000_000)}\n`, notificationPart)],
  [
    "a field folded a million times",
    mixedMail(`X: y\n${" z\n".repeat(1_000_000)}\n`, notificationPart),
  ],
  [
    "a line of 10 MB",
    mixedMail(part("text/plain", "x".repeat(10_000_000), "8bit"), notificationPart),
  ],
  [
    "a document of 10 MB",
    mixedMail(
      part("application/vnd.outrider.notification+json", `${"A".repeat(76)}\n`.repeat(140_000)),
    ),
  ],
  ["a mail of 65 MB", `${mixedMail(notificationPart)}${"x\n".repeat(34_000_000)}`],
])("N6 %s", async (_, content) => {
  const { verdict, leftovers } = await read(content);
  expect(verdict).toBe("MESSAGE_LIMIT");
  expect(await fastest(content)).toBeLessThan(100);
  expect(leftovers).toEqual([]);
});

test("N6 eight levels and a hundred parts are still read", async () => {
  expect((await read(deep(8))).verdict).toBe("taken");
  const parts = Array.from({ length: 99 }, () => empty);
  expect((await read(mixedMail(...parts, notificationPart))).verdict).toBe("taken");
});

test("N6 a bomb that is not ours costs one look at its header", async () => {
  const bomb = mixedMail(`${empty}--outer\n`.repeat(200_000)).replace("Outrider-Document", "X");
  expect((await read(bomb)).verdict).toBe("foreign");
  expect(await fastest(bomb)).toBeLessThan(50);
});
