import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forgeKey } from "../../../test/support/forge.ts";
import { testKey } from "../../../test/support/keys.ts";
import { patternsAsked } from "../../../test/support/patterns-asked.ts";
import { Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { OutriderError } from "../../errors/index.ts";
import { openEnrolment, type Enrolment, type EnrolmentRequest } from "./enrolment.ts";
import { readAgents } from "./list.ts";

describe("import", () => {
  test("from CSV, as spreadsheets write it", () => {
    const text =
      '\ufeffid,groups,email,unc,stick,shop\r\ntill-1,"tills; north",till-1@shop.example,,,"Main Street 1, ""old"" town"\r\n\r\ntill-2,tills,,yes,yes,\r\n';
    expect(readAgents(text, "csv", "agents.csv")).toEqual([
      {
        id: "till-1",
        groups: ["tills", "north"],
        addresses: { email: "till-1@shop.example" },
        facts: { shop: 'Main Street 1, "old" town' },
      },
      { id: "till-2", groups: ["tills"], addresses: { unc: true, stick: true } },
    ]);
  });

  test("from JSON", () => {
    const agents = [{ id: "a", groups: [], addresses: { http: true } }];
    expect(readAgents(JSON.stringify(agents), "json", "agents.json")).toEqual(agents);
  });

  test("ten thousand and one, and which of more is wrong", () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => `till-${index},tills,yes`);
    expect(readAgents(`id,groups,unc\n${rows.join("\n")}`, "csv", "x")).toHaveLength(10_001);
    expect(() => readAgents(`id,groups,unc\n${rows.join("\n")}\n?,x,yes`, "csv", "x")).toThrow(
      expect.objectContaining({
        code: "DOCUMENT_INVALID",
        pointer: "/id",
        position: { line: 10_003, column: 1 },
      }),
    );
  });

  test.each([
    ["csv", "name,groups\na,b", "file:1:1: the table has no column id"],
    ["csv", "groups\nb", "file:1:1: the table has no column id"],
    ["csv", 'id,groups\n"a,b', "2"],
    ["csv", 'id\na"b', "quote"],
    ["csv", "id,unc\na,yes\na,yes", "twice"],
    ["csv", "id,groups\na,b", "addresses"],
    ["json", "{}", "list"],
    ["json", '[{"id":"a"}]', "file:1:2: /0"],
    ["json", '[{"id":"a","groups":[],"addresses":{"unc":true},"admin":true}]', "admin"],
  ] as const)("%s %j is refused", (format, text, words) => {
    expect(() => readAgents(text, format, "file")).toThrow(
      expect.objectContaining({
        code: "DOCUMENT_INVALID",
        message: expect.stringContaining(words),
      }),
    );
  });

  test.each([
    "evil@e(x)@c",
    "b@c <evil@e>",
    "a@b,c@d",
    "a\r\nBcc: x@y.z",
    '"a b"@c.d',
    "a@[127.0.0.1]",
    "a@-b.c",
    ".a@b.c",
    "a..b@c.d",
    `${"a".repeat(65)}@b.c`,
    "a@b\u0000.c",
    "ä@b.c",
  ])("the address %j is refused", (email) => {
    verifies("step-64-validate");
    const agents = JSON.stringify([{ id: "a", groups: [], addresses: { email } }]);
    expect(() => readAgents(agents, "json", "file")).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(ADDRESS|DOCUMENT)_INVALID$/) }),
    );
  });

  test("64 kB of address are refused before any pattern is asked about them", () => {
    const longestAsked = (email: string): number => {
      const agents = JSON.stringify([{ id: "a", groups: [], addresses: { email } }]);
      const asked = patternsAsked(() =>
        expect(() => readAgents(agents, "json", "file")).toThrow(OutriderError),
      );
      return Math.max(0, ...asked.map(({ length }) => length));
    };
    expect(longestAsked(`${"a.".repeat(20)}@b.c`)).toBeGreaterThanOrEqual(40);
    expect(longestAsked(`${"a.".repeat(32_000)}@b.c`)).toBeLessThan(400);
  });
});

describe("enrolment", () => {
  let vendor: Vendor;
  let enrolment: Enrolment;
  beforeEach(async () => {
    vendor = await Vendor.open();
    enrolment = openEnrolment(vendor.store.values, vendor.store.agents, {
      now: () => vendor.simulator.now,
    });
  });
  afterEach(() => vendor.close());

  const request = (token: string, id = "till-1"): EnrolmentRequest => ({
    token,
    id,
    key: testKey(id, { at: vendor.simulator.now }).trusted.packet,
    addresses: { unc: true },
  });

  test("a token registers one agent, in its groups, with the key that its receipts are held to", async () => {
    const token = await enrolment.issue({ groups: ["tills"] });
    const key = testKey("till-1", { at: vendor.simulator.now });
    await enrolment.redeem({ ...request(token), key: key.trusted.packet });
    vendor.agentKeys.set("till-1", key);
    const hosted = await vendor.publish("demo-app", "1.0.0");
    const id = randomUUID();
    await vendor.server.submit(await vendor.trigger(hosted, { id }));
    await vendor.server.settle();
    expect(
      await vendor.server.receive(await vendor.receipt("till-1", id, "installed")),
    ).toMatchObject({ outcome: "accepted" });
  });

  test("once, also when two come in the same moment, and not after its time", async () => {
    const token = await enrolment.issue({ groups: ["tills"] });
    const both = await Promise.allSettled([
      enrolment.redeem(request(token, "a")),
      enrolment.redeem(request(token, "b")),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const late = await enrolment.issue({ groups: [], validMs: 1000 });
    vendor.simulator.pass(1);
    await expect(enrolment.redeem(request(late, "c"))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    await expect(enrolment.redeem(request("guess", "c"))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  test("once, also when two servers on one store take it in the same moment", async () => {
    const token = await enrolment.issue({ groups: ["tills"] });
    const { agents, values } = vendor.store;
    const other = openEnrolment(values, agents, { now: () => vendor.simulator.now });
    const both = await Promise.allSettled([
      enrolment.redeem(request(token, "a")),
      other.redeem(request(token, "b")),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await agents.find("a")) === undefined).not.toBe((await agents.find("b")) === undefined);
  });

  test("a server that dies in the middle leaves the token to the one that was being registered", async () => {
    const { agents, values } = vendor.store;
    const token = await enrolment.issue({ groups: ["tills"] });
    const dying = openEnrolment(
      values,
      { ...agents, find: (id) => agents.find(id), put: () => Promise.reject(new Error("killed")) },
      { now: () => vendor.simulator.now },
    );
    const first = request(token);
    await expect(dying.redeem(first)).rejects.toThrow("killed");
    for (const other of [request(token, "till-2"), { ...first, key: request("", "x").key }])
      await expect(enrolment.redeem(other)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    expect(await enrolment.redeem(first)).toMatchObject({ id: "till-1" });
    await expect(enrolment.redeem(first)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  });

  test("it does not take over another agent, unless it was made for it by name", async () => {
    await vendor.enrol([{ id: "till-1" }]);
    const any = await enrolment.issue({ groups: ["admins"] });
    await expect(enrolment.redeem(request(any))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    const named = await enrolment.issue({ groups: ["tills"], agent: "till-1" });
    await expect(enrolment.redeem(request(named, "till-2"))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    expect(await enrolment.redeem(request(named))).toMatchObject({
      id: "till-1",
      groups: ["tills"],
    });
  });

  test("a fault in the request leaves the token good", async () => {
    const token = await enrolment.issue({ groups: ["tills"] });
    const cut = request(token).key.slice(0, 24);
    for (const key of ["AAAA", "BGsC", cut, forgeKey("rsa2048").trusted.packet])
      await expect(enrolment.redeem({ ...request(token), key })).rejects.toMatchObject({
        code: "KEY_REFUSED",
      });
    await expect(
      enrolment.redeem({ ...request(token), addresses: { email: "a b" } }),
    ).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
    const encryptionKey = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n";
    await expect(enrolment.redeem({ ...request(token), encryptionKey })).rejects.toMatchObject({
      code: "KEY_REFUSED",
    });
    await enrolment.redeem(request(token));
  });

  test("the store does not hold the token", async () => {
    const token = await enrolment.issue({ groups: [] });
    expect(await vendor.store.values.get(`enrolment/${token}`)).toBeUndefined();
  });
});
