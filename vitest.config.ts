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
    testTimeout: 60_000,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 15_000, interval: 20 } },
    hookTimeout: 60_000,
  },
});
