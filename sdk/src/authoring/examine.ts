/** Examines any authored file that its schema accepts: what the command line's `validate` and editors say beyond it. */
import {
  readDocumentText,
  validatePushFile,
  validateServerConfig,
  validateTrust,
} from "../schema/index.ts";
import { examinePackage } from "./package/examine.ts";
import { examinePush } from "./push/examine.ts";
import type { Remark } from "./remark.ts";
import { examineServer } from "./server/examine.ts";
import type { Surroundings } from "./surroundings.ts";
import { examineTrust } from "./trust/examine.ts";

/**
 * @param schema name of the file's kind, such as `push`; nothing is said of kinds without rules.
 * @throws DOCUMENT_INVALID, JSON_* if the schema does not accept the text after all
 */
export async function examineAuthored(
  schema: string,
  text: string,
  surroundings: Surroundings,
): Promise<Remark[]> {
  switch (schema) {
    case "outrider":
      return examinePackage(text, surroundings);
    case "push":
      return examinePush(readDocumentText(text, validatePushFile, ""), surroundings);
    case "server":
      return examineServer(readDocumentText(text, validateServerConfig, ""), surroundings);
    case "trust":
      return examineTrust(readDocumentText(text, validateTrust, ""), surroundings.now);
    default:
      return [];
  }
}
