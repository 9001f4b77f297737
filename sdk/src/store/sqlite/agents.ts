/** Known agents and their groups. */
import type { AgentRegistry } from "../../ledger/index.ts";
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
    encryptionKeys: async (ids) =>
      new Map(
        database
          .all(
            `SELECT id, json_extract(agent, '$.encryptionKey') AS key FROM agents
             WHERE id IN (SELECT value FROM json_each(?)) AND json_extract(agent, '$.encryptionKey') IS NOT NULL`,
            JSON.stringify(ids),
          )
          .map((row) => [String(row["id"]), String(row["key"])]),
      ),
    matching: async (audience, page) => matching(database, audience, page),
    list: async ({ after = "", limit = 1000 } = {}) =>
      database
        .all("SELECT agent FROM agents WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        .map(read),
  };
}

/** A page of each group's names by its index, then the first of all of them: no page costs more than another. */
function matching(
  database: Database,
  { groups = [], agents = [] }: Audience,
  { after = "", limit = 1000 }: { readonly after?: string; readonly limit?: number } = {},
): RegisteredAgent[] {
  const ids = new Set(
    database
      .all(
        "SELECT id FROM agents WHERE id IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id LIMIT ?",
        JSON.stringify(agents),
        after,
        limit,
      )
      .map((row) => String(row["id"])),
  );
  for (const group of new Set(groups))
    for (const row of database.all(
      "SELECT agent FROM members WHERE name = ? AND agent > ? ORDER BY agent LIMIT ?",
      group,
      after,
      limit,
    ))
      ids.add(String(row["agent"]));
  return database
    .all(
      "SELECT agent FROM agents WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
      JSON.stringify([...ids]),
      limit,
    )
    .map(read);
}

function read(row: Row): RegisteredAgent {
  return JSON.parse(String(row["agent"])) as RegisteredAgent;
}
