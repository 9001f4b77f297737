/**
 * S10: addresses that are read in one way and delivered in another (GHSA-3q53-mvfw-q9v8 and its kind). Of this corpus
 * each is refused, or the envelope on the wire is the list, byte for byte. S14: length before grammar.
 */
import { expect, test } from "vitest";
import { emailSender, parseAddress } from "../../src/transports/email/sender/index.ts";
import { testDelivery } from "../support/delivery.ts";
import { startMailServer } from "../support/mail.ts";
import { patternsAsked } from "../support/patterns-asked.ts";

const corpus = [
  "evil@e(x)@c.test",
  "b@c.test <evil@e.test>",
  "<evil@e.test>",
  '"b@c.test" <evil@e.test>',
  "b@c.test, evil@e.test",
  "b@c.test; evil@e.test",
  "group: evil@e.test;",
  "undisclosed-recipients:;",
  '"evil@e.test"@c.test',
  '"evil@e.test x"@c.test',
  '"a b"@c.test',
  '"\\"evil"@c.test',
  "a@b@c.test",
  "evil@e.test@c.test",
  "@relay.test:evil@e.test",
  "@a.test,@b.test:evil@e.test",
  "evil%e.test@c.test ",
  " evil@e.test",
  "evil@e.test ",
  "evil @e.test",
  "evil@ e.test",
  "evil@e.test(comment)",
  "evil(comment)@e.test",
  "evil@[127.0.0.1]",
  "evil@[IPv6:::1]",
  "evil@127.0.0.1",
  "evil@2130706433",
  "evil@0x7f.1",
  "evil@e.test\r\nRCPT TO:<x@y.test>",
  "evil@e.test>\r\nDATA",
  "evil@e.test\n",
  "evil@e.test\0.c.test",
  "evil@e.test\t",
  "evil@е.test",
  "еvil@e.test",
  "evil@e．test",
  "evil@e。test",
  "evil@ｅ.test",
  "evil@e.test\u202e",
  "evil@e.test\u200b",
  "evil@ß.test",
  "evil@xn--.test..",
  "=?utf-8?Q?evil=40e=2Etest?=",
  "evil@=?utf-8?Q?e=2Etest?=",
  "mailto:evil@e.test?cc=x@y.test",
  "evil\\@e.test@c.test",
  "",
  "@",
];
const plain = [
  "b@c.test",
  "a.b+c=d@sub.c.test",
  "O'Brien@c.test",
  "evil%e.test@c.test",
  "=?x?=@c.test",
];

test(`S10 ${corpus.length} confusions beside ${plain.length} plain addresses: the envelope is exactly the plain ones`, async () => {
  const server = await startMailServer();
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  const outcomes = await sender.send(testDelivery([...corpus, ...plain]));
  await sender.close();
  await server.close();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    ...corpus.map(() => "rejected"),
    ...plain.map(() => "accepted"),
  ]);
  expect(server.mails.map(({ to }) => to)).toEqual([plain]);
});

test.each(corpus)("S10 %j is no sender either", (from) => {
  expect(() => emailSender({ from, relays: [{ host: "127.0.0.1", tls: "none" }] })).toThrow(
    expect.objectContaining({ code: "ADDRESS_INVALID" }),
  );
});

test.each([
  "a".repeat(65_536),
  `${"a@".repeat(32_768)}b`,
  `${'"'.repeat(65_536)}@b.test`,
  `a@${"b.".repeat(32_768)}c`,
  `${"(".repeat(65_536)}a@b.test`,
])("S14 64 kB of address are refused before any pattern is asked about them", (text) => {
  const refused = (address: string) => () =>
    expect(() => parseAddress(address)).toThrow(
      expect.objectContaining({ code: "ADDRESS_INVALID" }),
    );
  expect(patternsAsked(refused("a..b@c.test"))).toContain("a..b");
  expect(patternsAsked(refused(text))).toEqual([]);
});
