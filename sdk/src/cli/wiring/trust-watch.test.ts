import { expect, test } from "vitest";
import { testFolder } from "../../../test/support/archives.ts";
import { Simulator } from "../../../test/support/simulator.ts";
import type { Terminal } from "../io.ts";
import { watchTrustFile } from "./trust-watch.ts";

test("that the trust document ran out is said once, with what the clock says", async () => {
  await using folder = await testFolder();
  const long = await Simulator.start(new Date("2020-01-01T00:00:00Z"));
  const stop = new AbortController();
  const said: string[] = [];
  let looks = 0;
  const terminal: Pick<Terminal, "workingDirectory"> = {
    get workingDirectory() {
      if (++looks === 2) stop.abort();
      return folder.path;
    },
  };
  await watchTrustFile(terminal as Terminal, "trust.json", {
    server: { updateTrust: () => Promise.reject(new Error("not asked")) },
    trust: long.client(),
    logger: { log: (level, message) => void said.push(`${level} ${message}`) },
    signal: stop.signal,
  });
  expect(said).toEqual([
    expect.stringMatching(/^error Version 1 .* ran out on 202\d.*, which says 20/),
  ]);
});
