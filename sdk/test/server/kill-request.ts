/**
 * A server is killed where an agent asks for parts of the archive again. Before the request is booked, the agent asks once
 * more; from then on the part goes out, once, although nobody asks again.
 */
import { expect } from "vitest";
import { requestPoints } from "./kill-points.ts";
import type { KillProgram } from "./kill-program.ts";
import { KillRound } from "./kill-round.ts";

/** @param connectionString of an empty database; else a file is the store */
export async function killAtRequest(
  program: KillProgram,
  connectionString?: string,
): Promise<void> {
  const round = await KillRound.open(program, ["till-1"], connectionString);
  round.partBytes = 1024;
  try {
    for (const point of requestPoints) {
      const deployment = await round.bring();
      expect(await round.run(point)).toBe(true);
      const before = round.mails.length;
      expect(await round.run()).toBe(false);
      expect(round.mails.slice(before).map(({ to }) => to)).toEqual([["till-1@shop.example"]]);
      const [row] = await round.vendor.store.deployments.ledger(deployment);
      expect(row?.state).toBe("installed");
    }
  } finally {
    await round.close();
  }
}
