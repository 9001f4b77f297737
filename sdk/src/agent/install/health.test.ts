import { expect, test } from "vitest";
import { checkHealth } from "./health.ts";

test("who was told to stop waits for no health check", async () => {
  const stopped = AbortSignal.abort(new Error("stop"));
  const check = { argv: ["true"], delaySeconds: 3600 };
  const programs = { run: () => Promise.reject(new Error("was run")) };
  const options = { directory: ".", environment: {}, signal: stopped };
  await expect(checkHealth(check, 1, programs, options)).rejects.toThrow("stop");
});

test.each([
  [undefined, 1, "failed", "again"],
  [undefined, 2, "later", "again"],
  [undefined, 3, "failed", "HEALTH_FAILED"],
  [undefined, 3, "done", "healthy"],
  [1, 1, "failed", "HEALTH_FAILED"],
  [1, 1, "done", "healthy"],
] as const)(
  "of %s attempts (three unless said), number %d that is %s: %s",
  async (attempts, attempt, outcome, expected) => {
    const check = { argv: ["true"], ...(attempts === undefined ? {} : { attempts }) };
    const programs = { run: async () => ({ outcome, exitCode: 0, detail: "why" }) };
    const { signal } = new AbortController();
    const options = { directory: ".", environment: {}, signal };
    const result = await checkHealth(check, attempt, programs, options).catch(
      (error: unknown) => (error as { readonly code: string }).code,
    );
    expect(result).toBe(expected);
  },
);

test("what was cut off at its last attempt is not tried again (A4), and what has no check is healthy", async () => {
  const programs = { run: () => Promise.reject(new Error("was run")) };
  const { signal } = new AbortController();
  const options = { directory: ".", environment: {}, signal };
  await expect(checkHealth({ argv: ["true"] }, 4, programs, options)).rejects.toMatchObject({
    code: "HEALTH_FAILED",
  });
  expect(await checkHealth(undefined, 9, programs, options)).toBe("healthy");
});
