import { defineConfig } from "vitest/config";

/** One VS Code at a time: each takes half a machine. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["flows/**/*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
    expect: { poll: { timeout: 15_000 } },
  },
});
