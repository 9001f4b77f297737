import { test } from "vitest";
import { directoryHost } from "../../src/host/index.ts";
import { hostConformance } from "./conformance.ts";

for (const { name, run } of hostConformance(async () => ({
  open: (path) => directoryHost({ path }),
  async [Symbol.asyncDispose]() {},
})))
  test(name, run);
