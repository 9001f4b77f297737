/** Where groups and keys are named in each kind of document. */
import { expect, test } from "vitest";
import { inEnglish } from "./finding.ts";
import { findNames, isGroupName } from "./names.ts";
import { createDocument, createJsonServices } from "./service.ts";

const services = createJsonServices(inEnglish);

function names(schema: string, value: object): string[] {
  const text = JSON.stringify(value);
  const document = createDocument("file:///a.json", 0, text);
  const { root } = services(schema).parseJSONDocument(document);
  return findNames(document, root, schema).map(
    ({ isDefinition, kind, range, value: name }) =>
      `${kind} ${name} ${document.getText(range)}${isDefinition ? " defined" : ""}`,
  );
}

test("groups of a push file, of a manifest's rollout, of an agent", () => {
  const rollout = { waves: [{ share: 10 }, { group: "rest" }] };
  expect(names("push", { package: "a", audience: { groups: ["a", "b"] }, rollout })).toEqual([
    "group a a",
    "group b b",
    "group rest rest",
  ]);
  expect(names("outrider", { name: "a", rollout })).toEqual(["group rest rest"]);
  expect(names("agent", { id: "x", groups: ["halls"] })).toEqual(["group halls halls"]);
});

test("a server's agents define groups, its key is used", () => {
  const agents = [{ id: "one", groups: ["halls"], addresses: { http: true } }];
  expect(names("server", { key: { gpg: "AB" }, agents })).toEqual([
    "key AB AB",
    "group halls halls defined",
  ]);
});

test("a trust document defines keys and names groups", () => {
  const roles = {
    root: { keys: ["AB"], threshold: 1 },
    release: [{ packages: ["*"], keys: ["CD"], threshold: 1 }],
    push: [{ groups: ["halls"], keys: ["AB"], threshold: 1 }],
  };
  const value = { keys: [{ fingerprint: "AB", primary: "AB" }], roles, revoked: { keys: ["EF"] } };
  expect(names("trust", value)).toEqual([
    "key AB AB defined",
    "key AB AB",
    "key CD CD",
    "group halls halls defined",
    "key AB AB",
    "key EF EF",
  ]);
});

test("the grammar of groups", () => {
  expect(["halls", "hall-2", "A.b_c"].every(isGroupName)).toBe(true);
  expect(["", "-a", "a b", "a-"].some(isGroupName)).toBe(false);
});
