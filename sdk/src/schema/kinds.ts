/** Which schema a JSON file is held to: by its name where people write it, by its `type` where programs do. */
import { validateAgentConfig } from "./generated/validators/agent.ts";
import { validateCatalog } from "./generated/validators/catalog.ts";
import { validateControl } from "./generated/validators/control.ts";
import { validateManifest } from "./generated/validators/manifest.ts";
import { validateNotification } from "./generated/validators/notification.ts";
import { validateSourceManifest } from "./generated/validators/outrider.ts";
import { validatePushFile } from "./generated/validators/push.ts";
import { validateReceipt } from "./generated/validators/receipt.ts";
import { validateServerConfig } from "./generated/validators/server.ts";
import { validateTrigger } from "./generated/validators/trigger.ts";
import { validateTrust } from "./generated/validators/trust.ts";
import type { Validator } from "./validator.ts";

/** A kind of file. */
export interface FileKind {
  /** Name of the schema: `schemas/NAME.schema.json`. */
  readonly schema: string;
  /** For people. */
  readonly title: string;
  readonly validator: Validator<unknown>;
  /** Globs of file names, as editors associate them; none for documents told by their `type`. */
  readonly fileNames: readonly string[];
  /** The `type` member, for documents. */
  readonly type?: string;
}

/** Every kind that people meet. */
export const fileKinds: readonly FileKind[] = [
  authored(
    "outrider",
    "source manifest",
    validateSourceManifest,
    "outrider.json",
    "*.outrider.json",
  ),
  authored("push", "push file", validatePushFile, "push.json", "*.push.json"),
  authored(
    "server",
    "server configuration",
    validateServerConfig,
    "outrider-server.json",
    "*.server.json",
  ),
  authored(
    "agent",
    "agent configuration",
    validateAgentConfig,
    "outrider-agent.json",
    "*.agent.json",
  ),
  {
    ...document("trust", "trust document", validateTrust),
    fileNames: ["trust.json", "*.trust.json"],
  },
  document("manifest", "manifest", validateManifest),
  document("trigger", "trigger", validateTrigger),
  document("notification", "notification", validateNotification),
  document("catalog", "catalog", validateCatalog),
  document("control", "control document", validateControl),
  document("receipt", "receipt", validateReceipt),
];

/** The kind that a file's name tells, if it does. */
export function kindOfFileName(path: string): FileKind | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return fileKinds.find(({ fileNames }) =>
    fileNames.some((glob) =>
      glob.startsWith("*")
        ? name.endsWith(glob.slice(1)) && name.length >= glob.length
        : name === glob,
    ),
  );
}

/** The kind that a parsed document's `type` tells, if it does. */
export function kindOfDocument(value: unknown): FileKind | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  return fileKinds.find(({ type }) => type !== undefined && type === value.type);
}

function authored(
  schema: string,
  title: string,
  validator: Validator<unknown>,
  ...fileNames: string[]
): FileKind {
  return { schema, title, validator, fileNames };
}

function document(schema: string, title: string, validator: Validator<unknown>): FileKind {
  return { schema, title, validator, fileNames: [], type: `${schema}/1` };
}
