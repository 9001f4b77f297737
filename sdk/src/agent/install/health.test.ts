import { expect, test } from "vitest";
import { checkHealth } from "./health.ts";

test("who was told to stop waits for no health check", async () => {
  const stopped = AbortSignal.abort(new Error("stop"));
  const check = { argv: ["true"], delaySeconds: 3600 };
  const programs = { run: () => Promise.reject(new Error("was run")) };
  const options = { directory: ".", environment: {}, signal: stopped };
  await expect(checkHealth(check, 1, programs, options)).rejects.toThrow("stop");
});
