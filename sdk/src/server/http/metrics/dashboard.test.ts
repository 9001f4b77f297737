/** The Grafana dashboard and the server speak of the same figures. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../ports/index.ts";
import { openMetrics, type Metrics } from "./index.ts";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

let metrics: Metrics;
let panels: readonly Panel[];
let exported: readonly string[];
beforeAll(async () => {
  metrics = openMetrics({
    deployments: { list: async () => [], progress: async () => undefined, queues: async () => [] },
    clock: systemClock,
    readiness: async () => ({
      isReady: true,
      checks: { store: "ok", host: "ok", trust: "ok" },
      trust: { version: 1, expiresAt: "2027-01-01T00:00:00Z" },
    }),
    events: (async function* () {})(),
  });
  const lines = (await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm);
  exported = [...lines].flatMap(([, name = "", kind = ""]) =>
    kind === "histogram" ? ["_bucket", "_count", "_sum"].map((end) => name + end) : [name],
  );
  const file = join(import.meta.dirname, "../../../../../docs/guide/operating/dashboard.json");
  ({ panels } = JSON.parse(await readFile(file, "utf8")) as { panels: readonly Panel[] });
});
afterAll(() => metrics.close());

const namedBy = ({ targets = [] }: Panel): string[] =>
  targets.flatMap(({ expr }) => expr.match(/\b(?:outrider|process|nodejs)_\w+/g) ?? []);

test("every figure that the dashboard names is one that the server gives", () => {
  const named = panels.flatMap(namedBy);
  expect(named.length).toBeGreaterThan(15);
  for (const name of named) expect(exported).toContain(name);
});

test("every figure of ours is on the dashboard", () => {
  const named = panels.flatMap(namedBy).map(baseOf);
  const ours = exported.filter((name) => name.startsWith("outrider_")).map(baseOf);
  expect([...new Set(ours)].filter((name) => !named.includes(name))).toEqual([]);
});

test("panels have their own places and ids", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
});

function baseOf(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, "");
}
