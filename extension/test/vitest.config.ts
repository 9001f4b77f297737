/** One VS Code at a time: each takes half a machine. Patience is for machines that are slow, and costs nothing elsewhere. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["flows/**/*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    retry: 0,
    expect: { poll: { timeout: 45_000 } },
  },
});
