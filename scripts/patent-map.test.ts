/** Every row of the patent map has a test that proves it, and no test proves what is no row. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { requirements } from "../sdk/test/support/requirements.ts";
import { verifies } from "../sdk/test/support/verifies.ts";
import { faultsOf } from "./generate/patent-map.ts";
import { findProofs, readProofs } from "./generate/proofs.ts";

test("every requirement is proved, and everything proved is a requirement", () => {
  expect(faultsOf(readProofs(join(import.meta.dirname, "..")))).toEqual([]);
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
});

test("a requirement without a proof shows, and so does a proof of nothing", () => {
  const all = requirements.map(({ id }) => id);
  const proof = { file: "a.test.ts", test: "a", ids: [...all.slice(1), "step-0"] };
  expect(faultsOf([proof])).toEqual([
    `${all[0]}: no test verifies it.`,
    'step-0: unknown, but verified by "a" in a.test.ts.',
  ]);
  expect(() => verifies("step-0")).toThrow("step-0 is not in requirements.ts");
});

test.each([
  ['test("a \\"b\\"", () => {\n  verifies("x");', 'a "b"'],
  ['test(\n  `c ${d}`,\n  { timeout: 1 },\n  async () => {\n    verifies("x");', "c ${d}"],
  ['test.each(cases)("e %s", async (_, { f }) => {\n  verifies("x");', "e %s"],
])("finds the name before %j", (text, name) => {
  expect(findProofs("a.test.ts", text)).toEqual([{ file: "a.test.ts", test: name, ids: ["x"] }]);
});

test("a claim in any other place is refused, not overlooked", () => {
  const late = 'test("a", () => {\n  expect(1).toBe(1);\n  verifies("x");';
  expect(() => findProofs("a.test.ts", late)).toThrow("a.test.ts: verifies() must be the first");
});
