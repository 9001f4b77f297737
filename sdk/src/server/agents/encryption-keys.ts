/**
 * Certificates to which archives are encrypted are judged where people are: when agents are registered, not when mail
 * is due.
 */
import type { RegisteredAgent } from "../../schema/index.ts";

/**
 * Goes through them, however many.
 * @returns their number.
 * @throws KEY_REFUSED naming the agent whose certificate does not do.
 */
export async function judgeEncryptionKeys(agents: Iterable<RegisteredAgent>): Promise<number> {
  let count = 0;
  for (const { id, encryptionKey } of agents) {
    count++;
    if (encryptionKey === undefined) continue;
    const { judgeEncryptionKey } = await import("../../signing/openpgp/index.ts");
    await judgeEncryptionKey(encryptionKey, new Date(), `The encryption key of agent ${id}`);
  }
  return count;
}
