import * as fc from "fast-check";
import { expect, test } from "vitest";
import { recordsOf, service, type DnsRecord } from "../advert.ts";
import { AdvertBook } from "./advert-book.ts";

const advert = {
  instance: "outrider-1",
  port: 8080,
  path: "/updates/",
  state: "abc",
  addresses: ["10.77.0.1"],
};
const name = `${advert.instance}.${service}`;

test("records in any order, in any packets, make the same advert", () => {
  const records = recordsOf(advert);
  fc.assert(
    fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
      const book = new AdvertBook();
      for (const record of shuffled) book.take([record]);
      expect(book.find(name)).toEqual({ ...advert, instance: name });
    }),
  );
});

test("what is missing is asked for", () => {
  const [pointer, server, text] = recordsOf(advert) as [DnsRecord, DnsRecord, DnsRecord];
  const book = new AdvertBook();
  expect([...book.take([pointer])]).toEqual([name]);
  expect(book.find(name)).toEqual({ ask: name });
  book.take([server, text]);
  expect(book.find(name)).toEqual({ ask: "outrider-1.local" });
});

test("a goodbye is heeded, and other services are none of ours", () => {
  const book = new AdvertBook();
  book.take(recordsOf(advert));
  expect([...book.take(recordsOf(advert, 0))]).toEqual([]);
  expect(book.find(name)).toEqual({ ask: name });
  const printer: DnsRecord[] = [
    { name: "_ipp._tcp.local", type: "PTR", data: "printer._ipp._tcp.local" },
    { name: "printer._ipp._tcp.local", type: "SRV", data: { port: 631, target: "p.local" } },
  ];
  expect([...book.take(printer)]).toEqual([]);
});

test("however much is said, only so much is kept, the latest", () => {
  const book = new AdvertBook();
  for (let at = 0; at < 1000; at++) book.take(recordsOf({ ...advert, instance: `outrider-${at}` }));
  expect(book.find(`outrider-0.${service}`)).toHaveProperty("ask");
  expect(book.find(`outrider-999.${service}`)).toMatchObject({ port: 8080 });
});
