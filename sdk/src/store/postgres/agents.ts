/** Known agents and their groups. */
import type { AgentRegistry } from "../../ledger/index.ts";
import type { Audience, RegisteredAgent } from "../../schema/index.ts";
import type { Database, Row, Statements } from "./database.ts";

/** Agents in one statement. */
const agentsTogether = 5000;
/** From so many on the database counts its tables anew. */
const analyzeFrom = 10_000;

/** The AgentRegistry over two tables. */
export function postgresAgents(database: Database): AgentRegistry {
  return {
    async put(agents) {
      let count = 0;
      await database.transaction("repeatable", async (statements) => {
        count = 0;
        for (const some of together(agents)) {
          await putTogether(statements, some);
          count += some.length;
        }
      });
      // By what it knew before, the database would read all members of a group for each page of them. Put they are
      // already.
      if (count >= analyzeFrom)
        await database.run("ANALYZE outrider.agents, outrider.members").catch(() => undefined);
    },
    async find(id) {
      const row = await database.one("SELECT agent FROM outrider.agents WHERE id = $1", id);
      return row === undefined ? undefined : read(row);
    },
    async encryptionKeys(ids) {
      const rows = await database.all(
        `SELECT id, agent::jsonb ->> 'encryptionKey' AS key FROM outrider.agents
         WHERE id = ANY($1::text[]) AND agent::jsonb ->> 'encryptionKey' IS NOT NULL`,
        ids,
      );
      return new Map(rows.map((row) => [String(row["id"]), String(row["key"])]));
    },
    matching: (audience, page) => matching(database, audience, page),
    list: async ({ after = "", limit = 1000 } = {}) =>
      (
        await database.all(
          "SELECT agent FROM outrider.agents WHERE id > $1 ORDER BY id LIMIT $2",
          after,
          limit,
        )
      ).map(read),
  };
}

/** The last word on an agent counts; by id, so that two who put the same ones seldom wait for each other. */
function* together(agents: Iterable<RegisteredAgent>): Iterable<RegisteredAgent[]> {
  let some = new Map<string, RegisteredAgent>();
  const sorted = (): RegisteredAgent[] =>
    [...some.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  for (const agent of agents) {
    some.set(agent.id, agent);
    if (some.size < agentsTogether) continue;
    yield sorted();
    some = new Map();
  }
  if (some.size > 0) yield sorted();
}

async function putTogether(
  statements: Statements,
  agents: readonly RegisteredAgent[],
): Promise<void> {
  const ids = agents.map(({ id }) => id);
  await statements.run(
    `INSERT INTO outrider.agents SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT (id) DO UPDATE SET agent = excluded.agent`,
    ids,
    agents.map((agent) => JSON.stringify(agent)),
  );
  await statements.run("DELETE FROM outrider.members WHERE agent = ANY($1::text[])", ids);
  const members = agents.flatMap(({ id, groups }) =>
    [...new Set(groups)].map((name) => [name, id] as const),
  );
  await statements.run(
    "INSERT INTO outrider.members SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING",
    members.map(([name]) => name),
    members.map(([, id]) => id),
  );
}

/** A page of each group's names by its index, then the first of all of them: no page costs more than another. */
async function matching(
  database: Database,
  { groups = [], agents = [] }: Audience,
  { after = "", limit = 1000 }: { readonly after?: string; readonly limit?: number } = {},
): Promise<RegisteredAgent[]> {
  const rows = await database.all(
    `SELECT agents.agent FROM (
       SELECT id FROM (
         SELECT members.agent AS id FROM unnest($1::text[]) AS names (name) CROSS JOIN LATERAL (
           SELECT agent FROM outrider.members WHERE members.name = names.name AND agent > $3 ORDER BY agent LIMIT $4
         ) AS members
         UNION SELECT id FROM outrider.agents WHERE id = ANY($2::text[]) AND id > $3
       ) AS found ORDER BY id LIMIT $4
     ) AS page JOIN outrider.agents ON agents.id = page.id ORDER BY agents.id`,
    [...new Set(groups)],
    agents,
    after,
    limit,
  );
  return rows.map(read);
}

function read(row: Row): RegisteredAgent {
  return JSON.parse(String(row["agent"])) as RegisteredAgent;
}
