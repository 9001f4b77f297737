/** Certificates to which archives are encrypted are judged where people are: when agents are registered, not when mail is due. */
import type { RegisteredAgent } from "../../schema/index.ts";

/** @throws KEY_REFUSED naming the agent whose certificate does not do. */
export async function judgeEncryptionKeys(agents: readonly RegisteredAgent[]): Promise<void> {
  const keyed = agents.filter(({ encryptionKey }) => encryptionKey !== undefined);
  if (keyed.length === 0) return;
  const { judgeEncryptionKey } = await import("../../signing/openpgp/index.ts");
  for (const { id, encryptionKey = "" } of keyed)
    await judgeEncryptionKey(encryptionKey, new Date(), `The encryption key of agent ${id}`);
}
