/**
 * What a push would do, before anybody signs it: who gets what when, by which transport and how many bytes, by the very
 * planner that the server uses. Drawn from the server's own registry; its ways out from its configuration where that
 * lies at hand, else as most servers have them.
 */
import { randomUUID } from "node:crypto";
import type { ServerClient } from "../client/index.ts";
import { inEnglish, type Tell } from "../errors/index.ts";
import type { RegisteredAgent, ServerConfig } from "../schema/index.ts";
import { reachAudience } from "../server/audience/reach.ts";
import { draftPlan, drawTimeline, timelineOf, type TimelineRow } from "../server/plan/index.ts";
import type { PushOrder } from "./push-order.ts";
import { profilesOf } from "./ways-out.ts";

/** What is previewed. */
export interface PreviewParts {
  /** The server's registry. */
  readonly agents: readonly RegisteredAgent[];
  readonly order: PushOrder;
  /** For people: the picture's title. */
  readonly title: string;
  /** Says the picture's sentences. Default: in English. */
  readonly tell?: Tell;
  /** Of the full archive. */
  readonly archiveBytes: number;
  /** The server's, if it is at hand. */
  readonly config?: ServerConfig;
}

/** A push that nobody has ordered. */
export interface PushPreview {
  /** Machines that it would reach. */
  readonly agents: number;
  readonly rows: readonly TimelineRow[];
  /** SVG. */
  readonly picture: string;
}

const ordinary: Pick<ServerConfig, "transports"> = {
  transports: {
    email: { from: "push@localhost.localdomain", relays: [{ host: "localhost" }] },
    unc: { root: "/" },
  },
};

const pageSize = 10_000;

/** @throws AUDIENCE_UNKNOWN, ADDRESS_INVALID, CONFIG_INVALID */
export async function previewPush(parts: PreviewParts): Promise<PushPreview> {
  const { agents, order, title, tell = inEnglish, archiveBytes, config = ordinary } = parts;
  const transports = profilesOf(config as ServerConfig);
  const matching = async (
    { groups = [], agents: names = [] }: PushOrder["audience"],
    { after = "", limit = pageSize }: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<RegisteredAgent[]> =>
    agents
      .filter(
        ({ id, groups: own }) =>
          id > after && (names.includes(id) || own.some((group) => groups.includes(group))),
      )
      .slice(0, limit);
  const reached = await reachAudience(order, { agents: { matching }, transports }, "this push");
  const plan = draftPlan({
    // The order within a wave is drawn anew with every deployment.
    deployment: randomUUID(),
    rollout: order.rollout ?? {},
    delivery: order.delivery ?? "auto",
    roster: reached,
    archiveBytes,
    transports,
  });
  const rows = timelineOf(plan.waves, plan.jobs, transports);
  return { agents: reached.size, rows, picture: drawTimeline(rows, { title, tell }) };
}

/** Everybody whom a server knows. @throws UNAVAILABLE, CONFIG_INVALID */
export async function readRegistry(
  client: ServerClient,
  signal?: AbortSignal,
): Promise<readonly RegisteredAgent[]> {
  const agents: RegisteredAgent[] = [];
  for (let after = ""; ;) {
    const query = `agents?after=${encodeURIComponent(after)}&limit=${pageSize}`;
    const page = (await client.get(query, { signal })) as RegisteredAgent[];
    agents.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return agents;
    after = last.id;
  }
}
