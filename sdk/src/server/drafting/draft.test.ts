import { assert, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { verifies } from "../../../test/support/verifies.ts";
import type { PlannedJob } from "../../ledger/index.ts";
import { rosterOf } from "../audience/packed.ts";
import type { ReachableAgent } from "../audience/reach.ts";
import { mailProviders } from "../carriage/profiles.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import { bucketOf } from "../limits/pace.ts";
import { draftPlan, type PlanInput } from "./draft.ts";
import { timelineOf } from "./timeline.ts";

const email = (more: Partial<TransportProfile> = {}): TransportProfile => ({
  name: "email",
  carriage: "message",
  ...more,
});
const share: TransportProfile = { name: "unc", carriage: "share" };

const people = (count: number, domain = "shop.example"): ReachableAgent[] =>
  Array.from({ length: count }, (_, index) => ({
    agent: `${domain}-${index}`,
    groups: ["all"],
    transport: "email",
    address: `till-${index}@${domain}`,
  }));

const plan = ({
  audience,
  ...input
}: Partial<PlanInput> & { readonly audience: readonly ReachableAgent[] }): PlannedJob[] => [
  ...draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: rosterOf(audience),
    rollout: {},
    delivery: "auto",
    archiveBytes: 1000,
    transports: [email(), share],
    ...input,
  }).jobs,
];

describe("like goes with like", () => {
  test("mails in jobs of 500, a share in one however many read it", () => {
    verifies("step-66-group");
    const readers = people(3000).map((agent) => ({
      ...agent,
      agent: `r-${agent.agent}`,
      transport: "unc",
      address: "unc",
    }));
    const jobs = plan({ audience: [...people(1200), ...readers] });
    expect(jobs.map(({ transport, recipients }) => [transport, recipients.length])).toEqual([
      ["email", 500],
      ["email", 500],
      ["email", 200],
      ["unc", 3000],
    ]);
  });

  test.each([
    ["auto", 1000, true],
    ["attach", 1000, true],
    ["offer", 1000, false],
    ["auto", 19 * 1024 * 1024, false],
    ["attach", 19 * 1024 * 1024, false],
  ] as const)("%s with %d bytes: attached %s", (delivery, archiveBytes, isAttached) => {
    const [job] = plan({ audience: people(1), delivery, archiveBytes });
    expect(job?.attach).toBe(isAttached);
  });

  const inParts = { maxAttachmentBytes: 1024, maxPartsBytes: 10_240 };
  test.each([
    ["auto", 1024, 0, true],
    ["auto", 1025, 2, true],
    ["auto", 10_240, 10, true],
    ["auto", 10_241, 0, false],
    ["attach", 20_500, 21, true],
    ["attach", 4_096_001, 0, false],
    ["offer", 1025, 0, false],
  ] as const)(
    "%s with %d bytes where parts may go: %d parts",
    (delivery, archiveBytes, parts, travels) => {
      const transports = [email(inParts)];
      const draft = draftPlan({
        deployment: "11111111-1111-4111-8111-111111111111",
        roster: rosterOf(people(1)),
        rollout: {},
        delivery,
        archiveBytes,
        transports,
      });
      const rows = timelineOf(draft.waves, draft.jobs, transports);
      expect(rows).toMatchObject([{ attach: travels, parts, messages: 1 + parts }]);
    },
  );

  test("parts count in the transport's pace, mail for mail and recipient for recipient", () => {
    const pace = { messagesPerMinute: 6, recipientsPerMessage: 1 };
    const transports = [email({ ...inParts, pace, recipientsPerJob: 1 })];
    const delays = plan({ audience: people(3), archiveBytes: 2000, transports }).map(
      ({ delayMs }) => delayMs,
    );
    expect(delays.map((delay) => Math.floor(delay / 30_000))).toEqual([0, 0, 1]);
  });

  test("the same input gives the same plan, whatever the order of the audience's waves", () => {
    const input = {
      audience: people(2000),
      transports: [email({ pace: mailProviders.relay.pace })],
    };
    expect(plan(input)).toEqual(plan(input));
  });
});

describe("pace", () => {
  test("a bucket lets its minute through at once, then as it refills", () => {
    const bucket = bucketOf({ messagesPerMinute: 30 });
    const starts: number[] = [];
    for (let turn = 0; turn < 33; turn++) {
      const start = bucket.startOf({ messages: 1, recipients: 1 }, 0);
      bucket.take({ messages: 1, recipients: 1 }, start);
      starts.push(start);
    }
    expect(starts.slice(0, 30).every((start) => start === 0)).toBe(true);
    expect(starts.slice(30)).toEqual([2000, 4000, 6000]);
  });

  test("never more in any minute or day than is allowed, twice over at the seam", () => {
    verifies("step-66-delay");
    assert(
      property(
        record({
          perMinute: integer({ min: 1, max: 100 }),
          perDay: integer({ min: 1000, max: 20_000 }),
          count: integer({ min: 1, max: 6000 }),
        }),
        ({ perMinute, perDay, count }) => {
          const pace = {
            messagesPerMinute: perMinute,
            recipientsPerDay: perDay,
            recipientsPerMessage: 500,
          };
          const jobs = plan({
            audience: people(count),
            transports: [email({ pace, recipientsPerJob: 100 })],
          });
          const times = jobs.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
          for (const from of times) {
            const inMinute = times.filter((time) => time >= from && time < from + 60_000).length;
            expect(inMinute).toBeLessThanOrEqual(2 * perMinute);
          }
          const inDay = jobs
            .filter(({ delayMs }) => delayMs < 86_400_000)
            .reduce((sum, { recipients }) => sum + recipients.length, 0);
          expect(inDay).toBeLessThanOrEqual(2 * perDay + 100);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a large destination is spaced, others do not wait for it", () => {
    verifies("step-66-delay", "claim-4");
    const pace = { recipientsPerMessage: 50, perDestination: { messagesPerMinute: 10 } };
    const jobs = plan({
      audience: [...people(5000, "big.example"), ...people(3, "small.example")],
      transports: [email({ pace })],
    });
    const big = jobs.filter(({ recipients }) => recipients[0]!.address.endsWith("big.example"));
    const small = jobs.filter(({ recipients }) => recipients[0]!.address.endsWith("small.example"));
    expect(big).toHaveLength(10);
    // 100 messages at 10 a minute: the first minute's at once, nine minutes for the rest, and the jitter.
    expect(Math.max(...big.map(({ delayMs }) => delayMs))).toBeGreaterThanOrEqual(9 * 60_000);
    expect(Math.max(...big.map(({ delayMs }) => delayMs))).toBeLessThan(11 * 60_000);
    expect(small.map(({ delayMs }) => delayMs)).toEqual([0]);
  });

  test("Exchange Online: 25,000 recipients take two days and a half", () => {
    const jobs = plan({
      audience: people(25_000),
      transports: [email({ pace: mailProviders.exchangeOnline.pace })],
    });
    const days = Math.max(...jobs.map(({ delayMs }) => delayMs)) / 86_400_000;
    expect(days).toBeGreaterThan(1.4); // the first day's 10,000 at once, then 10,000 a day
    expect(days).toBeLessThan(1.6);
  });
});

test("everybody is in one job, whatever the paces", () => {
  assert(
    property(
      integer({ min: 1, max: 3000 }),
      integer({ min: 1, max: 40 }),
      integer({ min: 1, max: 700 }),
      (count, domains, perJob) => {
        const audience = people(count).map((agent, index) => ({
          ...agent,
          address: `a@d${index % domains}.example`,
        }));
        const jobs = plan({
          audience,
          transports: [email({ pace: mailProviders.relay.pace, recipientsPerJob: perJob })],
          rollout: { waves: [{ share: 10 }, { share: 60 }] },
        });
        const names = jobs.flatMap(({ recipients }) => recipients.map(({ agent }) => agent));
        expect(names).toHaveLength(count);
        expect(new Set(names).size).toBe(count);
        expect(
          jobs.every(
            ({ recipients, delayMs }) =>
              recipients.length > 0 && recipients.length <= perJob && delayMs >= 0,
          ),
        ).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("the timeline says who gets what when, in few rows", () => {
  const transports = [email({ pace: mailProviders.exchangeOnline.pace }), share];
  const readers = people(10).map((agent) => ({
    ...agent,
    agent: `r-${agent.agent}`,
    transport: "unc",
    address: "unc",
  }));
  const { waves, jobs } = draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: rosterOf([...people(990), ...readers]),
    rollout: { waves: [{ share: 10, soakSeconds: 3600 }, { share: 100 }] },
    delivery: "auto",
    archiveBytes: 1,
    transports,
  });
  const rows = timelineOf(waves, jobs, transports);
  expect(rows.map(({ wave }) => wave)).toEqual(expect.arrayContaining(["10%", "100%"]));
  expect(rows.reduce((sum, { recipients }) => sum + recipients, 0)).toBe(1000);
  expect(rows.find(({ wave }) => wave === "10%")?.fromMs).toBe(0);
  expect(rows.find(({ wave }) => wave === "100%")?.fromMs).toBeGreaterThanOrEqual(3_600_000);
  expect(rows.every(({ attach, transport }) => attach === (transport === "email"))).toBe(true);
});
