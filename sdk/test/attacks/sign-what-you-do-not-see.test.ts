/** E3: a manifest whose names hold what nobody sees is not signed, by no command and no editor; nothing is changed. */
import { expect, test } from "vitest";
import { makePackage, makeTrust } from "../cli/support/vendor.ts";
import { Workshop } from "../cli/support/workshop.ts";

test.each([
  [
    "a zero-width space in the name",
    '"press-control"',
    '"press\u200B-control"',
    "DOCUMENT_INVALID",
  ],
  ["a zero-width joiner in the version", '"3.0.0"', '"3.0\u200D.0"', "DOCUMENT_INVALID"],
  ["a right-to-left override in a path", '"app.txt"', '"app\u202Etxt.exe"', "PACKAGE_PATH"],
  ["a zero-width space in a path", '"app.txt"', '"app\u200B.txt"', "PACKAGE_PATH"],
])("E3: %s", async (_name, from, to, code) => {
  await using workshop = await Workshop.open();
  const { ada } = await makeTrust(workshop);
  const folder = await makePackage(workshop);
  await workshop.edit(`${folder}/manifest.json`, from, to);
  const before = await workshop.snapshot();
  const { exit, stderr } = await workshop.run(["sign", folder, "--key", ada.secretKey]);
  expect([exit, stderr]).toEqual([1, expect.stringContaining(`error ${code}: `)]);
  expect(await workshop.snapshot()).toEqual(before);
});
