/** The agent's own key, which signs its receipts: made at the first start, kept in `DATA/key.json` (mode 0600). */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { readWhole, syncedWrite, type Clock, type FileSystem } from "../../ports/index.ts";
import { parseJson } from "../../schema/index.ts";
import { createAgentKey, type AgentKey } from "../../signing/index.ts";

const maxKeyBytes = 64 * 1024;

/** Where the key is kept. */
export function keyFile(dataDirectory: string): string {
  return join(dataDirectory, "key.json");
}

/**
 * Reads the key, or makes it.
 * @throws KEY_REFUSED where the file is damaged: a new key would have to be enrolled again
 */
export async function openAgentKey(
  fileSystem: FileSystem,
  dataDirectory: string,
  clock: Clock,
): Promise<AgentKey> {
  const path = keyFile(dataDirectory);
  if ((await fileSystem.stat(path)) === undefined) {
    const key = createAgentKey(clock);
    await syncedWrite(fileSystem, path, new TextEncoder().encode(JSON.stringify(key)));
    return key;
  }
  const key = parseJson(await readWhole(fileSystem, path, maxKeyBytes), path) as Partial<AgentKey>;
  if (
    typeof key.fingerprint !== "string" ||
    typeof key.packet !== "string" ||
    typeof key.secret !== "string"
  )
    throw new OutriderError(
      "KEY_REFUSED",
      `${path} holds no agent key. Remove it and enroll the agent again.`,
      { subject: path },
    );
  return key as AgentKey;
}
