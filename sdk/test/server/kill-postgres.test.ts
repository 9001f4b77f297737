/** THREATS 2.2 over PostgreSQL: killed at every named point, twenty rounds of it (`kill-everywhere.ts`). */
import { afterAll, beforeAll, describe, test } from "vitest";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { verifies } from "../support/verifies.ts";
import { killEverywhere, killRounds } from "./kill-everywhere.ts";
import { ownPoints, relayPoints, requestPoints } from "./kill-points.ts";
import { buildKillProgram, type KillProgram } from "./kill-program.ts";
import { killAtRequest } from "./kill-request.ts";

let program: KillProgram;
let postgres: Postgres | undefined;
beforeAll(async () => {
  [program, postgres] = await Promise.all([buildKillProgram(), startPostgres()]);
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await program[Symbol.asyncDispose]();
});

// Five rounds at once, some twenty processes each: none that ran out of time would make room for the next.
describe.concurrent(
  `killed at ${ownPoints.length + relayPoints.length} points`,
  { timeout: 400_000 },
  () => {
    for (let number = 1; number <= killRounds; number++)
      test(`round ${number}: nobody is lost, nobody told twice without need, nothing unaudited`, async () => {
        verifies("step-65");
        if (postgres !== undefined)
          await killEverywhere(program, number, await postgres.database());
      });
  },
);

test(`killed ${requestPoints.join(" and ")}: the part goes out again, once`, async () => {
  if (postgres !== undefined) await killAtRequest(program, await postgres.database());
});
