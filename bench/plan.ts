/**
 * Planning a rollout of four waves: time and peak memory, against the memory that it may take and the seconds that a
 * person waits.
 *
 *     node bench/plan.ts [--recipients 1000000] [--rounds 3]
 */
import { parseArgs } from "node:util";
import { draftPlan, rosterOf } from "../sdk/src/server/index.ts";
import { audienceOf } from "./store/rollout.ts";
import { compare, figure, type Round } from "./table/row.ts";

const limits = { megabytes: 500, seconds: 10 } as const;
const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
  },
});
const count = Number(values.recipients);
const audience = audienceOf(count);
globalThis.gc?.();
const before = process.memoryUsage.rss();
let added = 0;
const rounds: Round[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const started = performance.now();
  const { jobs } = draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: rosterOf(audience),
    rollout: { waves: [{ share: 1 }, { share: 10 }, { share: 50 }, { share: 100 }] },
    delivery: "auto",
    archiveBytes: 1_000_000,
    transports: [
      { name: "email", carriage: "message", pace: { perDestination: { messagesPerMinute: 60 } } },
    ],
  });
  rounds.push({ ours: (performance.now() - started) / 1000, theirs: limits.seconds });
  if (round > 0) continue;
  added = process.resourceUsage().maxRSS * 1024 - before;
  figure(`planning ${count.toLocaleString("en")} recipients`, `${jobs.length} jobs`);
}
const what = `planning ${count.toLocaleString("en")} recipients`;
const { seconds, megabytes } = limits;
compare({ what, unit: "s", peer: `limit of ${seconds} s`, aim: { atMost: 1 } }, rounds);
compare(
  {
    what: `${what}, memory at its peak beside the audience`,
    unit: "MB",
    peer: `limit of ${megabytes} MB`,
    aim: { atMost: 1 },
  },
  [{ ours: added / 1e6, theirs: megabytes }],
);
