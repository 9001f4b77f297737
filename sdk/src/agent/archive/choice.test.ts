import { expect, test } from "vitest";
import { verifies } from "../../../test/support/verifies.ts";
import { OutriderError } from "../../errors/index.ts";
import type { Source } from "../../schema/index.ts";
import type { Obtainer, Reach } from "../../transport/index.ts";
import { decideSources, type Equipment } from "./choice.ts";

const full = { sha256: "a".repeat(64), size: 10 };
const attachment = { path: "/spool/1", size: 10 };
const beside = { url: "http://10.77.0.1:8080/packages/" };

const http = { kind: "http", url: "http://packages.test/" } as const satisfies Source;
const mirror: Source = { kind: "http", url: "http://mirror.test/" };
const unc: Source = { kind: "unc" };
const attached: Source = { kind: "attached" };
const email: Source = {
  kind: "email",
  archive: full.sha256,
  partBytes: 1000,
  parts: ["c".repeat(64)],
};
const kinds = ["attached", "http", "unc", "email"];

function obtainers(...names: string[]): Obtainer[] {
  return names.map((name) => ({
    name,
    obtain: async () => {
      throw new OutriderError("UNAVAILABLE", "not here");
    },
  }));
}

/** Names in the order in which they would be tried, then the remarks. */
function decide(
  sources: Source[],
  equipped: Partial<Equipment> = {},
  reach: Readonly<Record<string, Reach>> = {},
): string[] {
  const { attempts, trace } = decideSources(
    { archives: [full], sources },
    { obtainers: obtainers(...kinds), ...equipped },
    new Map(Object.entries(reach)),
  );
  return [...attempts.map(({ name }) => name), ...trace];
}

test("Fig. 4, 86: what is attached comes first, wherever the server put it", () => {
  verifies("step-86");
  expect(decide([http, unc, attached], { attachment })).toEqual([
    "attached",
    "http packages.test",
    "unc",
  ]);
});

test("Fig. 4, 87: without an attachment the server's order holds, as far as the agent is equipped", () => {
  verifies("step-87");
  const nothing = "attached: nothing came along";
  expect(decide([attached, unc, http])).toEqual(["unc", "http packages.test", nothing]);
  expect(decide([attached, http, unc], { obtainers: obtainers("unc") })).toEqual([
    "unc",
    nothing,
    "http packages.test: not equipped for it",
  ]);
  expect(decide([http], { obtainers: [] })).toEqual(["http packages.test: not equipped for it"]);
});

test("Fig. 4, 87: no Internet, so the share; neither, so it is asked for by mail", () => {
  verifies("step-87");
  const off = "http packages.test: does not answer, put off";
  expect(decide([http, unc, email], {}, { [http.url]: "unreachable" })).toEqual([
    "unc",
    "http packages.test",
    "email",
    off,
  ]);
  const both: Record<string, Reach> = { [http.url]: "unreachable", unc: "unreachable" };
  expect(decide([email, http, unc], {}, both).slice(0, 3)).toEqual([
    "http packages.test",
    "unc",
    "email",
  ]);
});

test("parts that came by mail already are taken before anything is fetched", () => {
  expect(decide([http, email], {}, { email: "here" })).toEqual(["email", "http packages.test"]);
});

test("mirrors are tried in the server's order, those that answer first", () => {
  expect(decide([http, mirror])).toEqual(["http packages.test", "http mirror.test"]);
  expect(decide([http, mirror], {}, { [http.url]: "unreachable" }).slice(0, 2)).toEqual([
    "http mirror.test",
    "http packages.test",
  ]);
});

test("what lies beside the catalog is asked for first, once, and only by an agent that has HTTP", () => {
  expect(decide([http, unc], { beside })).toEqual([
    "http beside the catalog",
    "http packages.test",
    "unc",
  ]);
  expect(decide([{ kind: "http", url: beside.url }], { beside })).toEqual([
    "http beside the catalog",
  ]);
  expect(decide([unc], { beside, obtainers: obtainers("unc") })).toEqual(["unc"]);
});

test("a share's own archives are looked at first where nobody named them, else in the server's order", () => {
  expect(decide([http, attached], { beside: "share", attachment })).toEqual([
    "attached",
    "unc beside the catalog",
    "http packages.test",
  ]);
  expect(decide([http, unc], { beside: "share" })).toEqual(["http packages.test", "unc"]);
  expect(decide([http], { beside: "share", obtainers: obtainers("http") })).toEqual([
    "http packages.test",
  ]);
  expect(decide([http], { beside: "share", policy: { forbidden: ["unc"] } })).toEqual([
    "http packages.test",
    "unc beside the catalog: forbidden here",
  ]);
});

test("the site's order, what it forbids, and what it pays for by the byte", () => {
  expect(decide([http, unc], { policy: { order: ["unc"] } })).toEqual([
    "unc",
    "http packages.test",
  ]);
  expect(decide([http, mirror, unc], { policy: { forbidden: ["http"] } })).toEqual([
    "unc",
    "http packages.test: forbidden here",
    "http mirror.test: forbidden here",
  ]);
  const policy = { metered: ["http"] } as const;
  const remark = "http packages.test: metered, put off";
  expect(decide([http, unc], { policy })).toEqual(["unc", "http packages.test", remark]);
  expect(decide([http, unc], { policy }, { unc: "unreachable" })).toEqual([
    "http packages.test",
    "unc",
    remark,
    "unc: does not answer, put off",
  ]);
  expect(decide([attached, http], { policy: { forbidden: ["attached"] }, attachment })).toEqual([
    "http packages.test",
    "attached: forbidden here",
  ]);
});

test("a patch is for another base: only the full archive is tried", () => {
  const { attempts } = decideSources(
    { archives: [{ ...full, base: "b".repeat(64) }, full], sources: [unc] },
    { obtainers: obtainers("unc"), installed: "c".repeat(64) },
  );
  expect(attempts.map(({ archive }) => archive)).toEqual([full]);
});
