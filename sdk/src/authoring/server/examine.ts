/** What is wrong with a server's configuration beyond its schema. Each rule is a file of this folder. */
import type { ServerConfig } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";
import { examineAgents } from "./agents.ts";
import { examineFiles } from "./files.ts";
import { examineKey } from "./key.ts";

/** Examines a server's configuration that its schema accepts. */
export async function examineServer(
  config: ServerConfig,
  surroundings: Surroundings,
): Promise<Remark[]> {
  return [
    ...(await examineFiles(config, surroundings)),
    ...examineKey(config, surroundings),
    ...examineAgents(config),
  ];
}
