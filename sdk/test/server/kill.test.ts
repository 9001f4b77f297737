/** THREATS 2.2 over the embedded store: killed at every named point, twenty rounds of it (`kill-everywhere.ts`). */
import { afterAll, beforeAll, describe, test } from "vitest";
import { verifies } from "../support/verifies.ts";
import { killEverywhere, killRounds } from "./kill-everywhere.ts";
import { ownPoints, relayPoints, requestPoints } from "./kill-points.ts";
import { buildKillProgram, type KillProgram } from "./kill-program.ts";
import { killAtRequest } from "./kill-request.ts";

let program: KillProgram;
beforeAll(async () => {
  program = await buildKillProgram();
});
afterAll(() => program[Symbol.asyncDispose]());

// Five rounds at once, some twenty processes each: none that ran out of time would make room for the next.
describe.concurrent(
  `killed at ${ownPoints.length + relayPoints.length} points`,
  { timeout: 400_000 },
  () => {
    for (let number = 1; number <= killRounds; number++)
      test(`round ${number}: nobody is lost, nobody told twice without need, nothing unaudited`, async () => {
        verifies("step-65");
        await killEverywhere(program, number);
      });
  },
);

test(`killed ${requestPoints.join(" and ")}: the part goes out again, once`, async () => {
  await killAtRequest(program);
});
