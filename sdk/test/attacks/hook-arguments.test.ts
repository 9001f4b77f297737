/** THREATS A2 (and P4): programs of a package get their arguments as they are written, and only where that is allowed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Hooks } from "../../src/schema/index.ts";
import { Bench } from "../support/agent-bench.ts";

let bench: Bench;
afterEach(async () => bench.clear());

const dangerous = [
  "$(touch injected)",
  "`touch injected`",
  "%PATH%",
  "'\"",
  "; touch injected",
  "a\nb",
  "--",
  "*",
  "",
];

/** Writes its arguments and its environment down. */
const witness = `
const { writeFileSync } = require("node:fs");
writeFileSync("witness.json", JSON.stringify({ args: process.argv.slice(2), env: process.env }));
`;

async function pushWithHooks(hooks: Hooks): Promise<unknown> {
  const release = await bench.publisher.release({
    version: "1.0.0",
    files: { "app.txt": "app\n", "hook.cjs": witness },
    install: { strategy: "directory", hooks },
  });
  return bench.deliver(await bench.publisher.push(release));
}

test("A2 hooks are off: a package with hooks is refused and nothing runs", async () => {
  bench = await Bench.make();
  const reception = await pushWithHooks({ beforeInstall: { argv: ["node", "hook.cjs"] } });
  expect(reception).toMatchObject({ code: "HOOK_FAILED" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect((await bench.receipts())[0]).toMatchObject({ outcome: "failed", code: "HOOK_FAILED" });
});

test("A2 arguments arrive literally: no shell reads them, and the environment is fixed", async () => {
  process.env.OUTRIDER_TEST_SECRET = "must not be seen";
  try {
    bench = await Bench.make({ policy: { allowHooks: true } });
    for (const hook of ["beforeInstall", "afterInstall"] as const) {
      await bench.clear();
      bench = await Bench.make({ policy: { allowHooks: true } });
      expect(
        await pushWithHooks({ [hook]: { argv: ["node", "hook.cjs", ...dangerous] } }),
      ).toMatchObject({
        verdict: "handled",
        detail: "demo-app 1.0.0 is installed.",
      });
      const seen = JSON.parse((await bench.installedText("witness.json")) ?? "") as {
        args: string[];
        env: Record<string, string>;
      };
      expect(seen.args).toEqual(dangerous);
      expect(await bench.installedText("injected")).toBeUndefined();
      expect(seen.env).not.toHaveProperty("OUTRIDER_TEST_SECRET");
      expect(seen.env).toMatchObject({ OUTRIDER_PACKAGE: "demo-app", OUTRIDER_VERSION: "1.0.0" });
    }
  } finally {
    delete process.env.OUTRIDER_TEST_SECRET;
  }
});

test("A2 a hook that does not end is ended, with its children", async () => {
  bench = await Bench.make({ policy: { allowHooks: true } });
  const beats = join(bench.root, "beats");
  const reception = await pushWithHooks({
    beforeInstall: {
      argv: ["sh", "-c", `(while :; do echo x >> '${beats}'; sleep 0.02; done) & wait`],
      timeoutSeconds: 2,
    },
  });
  expect(reception).toMatchObject({ code: "HOOK_FAILED" });
  if (process.platform === "win32") return; // the hook alone is ended there
  await sleep(300); // a last beat that was on its way when the end came
  const { length } = await readFile(beats);
  await sleep(300);
  expect(await readFile(beats)).toHaveLength(length);
});
