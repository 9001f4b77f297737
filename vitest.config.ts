import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "sdk/{src,test}/**/*.test.ts",
      "schemas/**/*.test.ts",
      "scripts/**/*.test.ts",
      "bench/**/*.test.ts",
      "samples/**/*.test.ts",
      "extension/src/**/*.test.ts",
    ],
    maxWorkers: process.env.CI === undefined ? "100%" : 2,
    // A busy machine is slow, not wrong: these end what hangs, and only a test that takes longer yet has its own.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
});
