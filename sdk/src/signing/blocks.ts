/**
 * Several signatures in one armored block: what `X.json.asc` holds. gpg, sqv and sqop check every packet of one block,
 * whereas of several blocks in a row sqv and sqop read only the first.
 */
import { say } from "../errors/index.ts";
import { decodeArmor } from "./armor.ts";
import { encodeArmor, encodePacket } from "./compose.ts";
import { maxSignatures, readSignaturePackets } from "./packet.ts";
import { refuse, refuseMany } from "./refuse.ts";

/**
 * One block that holds the signatures of all these blocks, in order, each once.
 *
 * @throws SIGNATURE_MISSING, SIGNATURE_MALFORMED, SIGNATURE_TOO_MANY past 16
 */
export function joinSignatures(blocks: readonly string[]): string {
  const unique = new Map<string, Uint8Array>();
  for (const packet of blocks.flatMap(readPackets)) unique.set(packet.toString("base64"), packet);
  if (unique.size === 0)
    refuse("SIGNATURE_MISSING", say("There is no signature to write. Sign first."));
  if (unique.size > maxSignatures) refuseMany(maxSignatures);
  return encodeArmor(Buffer.concat([...unique.values()]));
}

/**
 * The signatures of a block, each in a block of its own.
 *
 * @throws SIGNATURE_MALFORMED, SIGNATURE_TOO_MANY past 16
 */
export function splitSignatures(block: string): string[] {
  return readPackets(block).map(encodeArmor);
}

function readPackets(block: string): Buffer[] {
  return readSignaturePackets(decodeArmor(block)).map(encodePacket);
}
