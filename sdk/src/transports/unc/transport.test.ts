import { describe, expect, test } from "vitest";
import { testFolder } from "../../../test/support/archives.ts";
import { transportConformance } from "../../testing/index.ts";
import { uncReceiver } from "./receiver/index.ts";
import { uncSender } from "./sender/index.ts";

describe("transport conformance: a share that is a directory", () => {
  const cases = transportConformance(async () => {
    const folder = await testFolder();
    const root = folder.at("share");
    return {
      sender: uncSender({ root }),
      address: "share",
      openReceiver: () => uncReceiver({ root, pollMs: 20, maxBackoffMs: 40 }),
      directory: folder.path,
      attaches: false,
      showsCatalog: true,
      close: () => folder[Symbol.asyncDispose](),
    };
  });
  test.each(cases)("$name", ({ run }) => expect(run()).resolves.toBeUndefined());
});
