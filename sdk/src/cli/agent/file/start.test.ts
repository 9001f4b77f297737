import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("the small agent's program starts without a web client, and no request brings Node's fetch", () => {
  const entry = new URL("start.ts", import.meta.url).href;
  const request = new URL("../../../transport/web/index.ts", import.meta.url).href;
  const loaded = execFileSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `const list = () => process.moduleLoadList.filter((name) => /NativeModule (http|https|tls|.*undici)$/.test(name));
       await import(${JSON.stringify(entry)});
       const before = list();
       const { askWeb } = await import(${JSON.stringify(request)});
       await askWeb(new URL("http://127.0.0.1:1"), { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
       console.log(JSON.stringify({ before, after: list() }));`,
    ],
    { encoding: "utf8" },
  );
  expect(JSON.parse(loaded)).toEqual({ before: [], after: ["NativeModule http"] });
});
