import type { AgentRegistry } from "../../ledger/index.ts";
/** Known agents and their groups. */
import type { Audience, RegisteredAgent } from "../../schema/index.ts";
import type { Database, Row } from "./database.ts";

/** The AgentRegistry over two tables. */
export function sqliteAgents(database: Database): AgentRegistry {
  return {
    async put(agents) {
      database.transaction(() => {
        for (const agent of agents) {
          database.run(
            "INSERT INTO agents VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET agent = excluded.agent",
            agent.id,
            JSON.stringify(agent),
          );
          database.run("DELETE FROM members WHERE agent = ?", agent.id);
          for (const group of new Set(agent.groups))
            database.run("INSERT INTO members VALUES (?, ?)", group, agent.id);
        }
      });
    },
    async find(id) {
      const row = database.one("SELECT agent FROM agents WHERE id = ?", id);
      return row === undefined ? undefined : read(row);
    },
    matching: async (audience) => matching(database, audience),
    list: async ({ after = "", limit = 1000 } = {}) =>
      database
        .all("SELECT agent FROM agents WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        .map(read),
  };
}

function matching(database: Database, audience: Audience): RegisteredAgent[] {
  // Names go in as one JSON value: a list of any length in one statement.
  return database
    .all(
      `SELECT agent FROM agents WHERE id IN (
         SELECT agent FROM members WHERE name IN (SELECT value FROM json_each(?))
         UNION SELECT value FROM json_each(?)
       ) ORDER BY id`,
      JSON.stringify(audience.groups ?? []),
      JSON.stringify(audience.agents ?? []),
    )
    .map(read);
}

function read(row: Row): RegisteredAgent {
  return JSON.parse(String(row["agent"])) as RegisteredAgent;
}
