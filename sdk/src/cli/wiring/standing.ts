/** How far the signing of a document has come, in a sentence. */
import { isOutriderError } from "../../errors/index.ts";
import type { DocumentType } from "../../messages/index.ts";
import type { Verified } from "../../trust/index.ts";

/** Asks for a verdict and tells it: that more must sign is no failure of signing. */
export function describeStanding(verify: () => Verified<DocumentType>): {
  readonly satisfied: boolean;
  readonly sentence: string;
} {
  try {
    const { signers } = verify();
    const owners = signers.map(({ owner }) => owner).join(", ");
    return { satisfied: true, sentence: `Enough have signed: ${owners}.` };
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return { satisfied: false, sentence: `Not enough yet: ${error.message}` };
  }
}
