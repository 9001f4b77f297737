import { expect, test } from "vitest";
import { keepToPath } from "./program-path.ts";

test("on Windows no program is taken from the current folder, whatever lies there", () => {
  const environment = {};
  keepToPath(environment, "linux");
  expect(environment).toEqual({});
  keepToPath(environment, "win32");
  expect(environment).toEqual({ NoDefaultCurrentDirectoryInExePath: "1" });
});
