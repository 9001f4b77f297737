/** From the `on` of a push file to a source: each part has its own place in the state, named by its path. */
import { OutriderError } from "../errors/index.ts";
import type { Clock, FileSystem } from "../ports/index.ts";
import type { TriggerSource } from "../schema/index.ts";
import { allOf, anyOf } from "./combine.ts";
import { schemeOf } from "./delivery.ts";
import { scheduleSource } from "./schedule.ts";
import type { EventSource, SourceState } from "./source.ts";
import { watchSource } from "./watch.ts";
import { webhookSource, type HookSource } from "./webhook.ts";

/** What sources need. */
export interface SourceParts {
  readonly state: SourceState;
  readonly clock: Clock;
  readonly fileSystem: FileSystem;
  /** Folder that globs are relative to: the push file's. */
  readonly baseDirectory: string;
  /** The secret of a webhook, by its name. */
  secretOf(webhook: string): string | undefined;
}

/** A source, and the webhooks inside it, to be put behind URLs. */
export interface OpenedSource {
  readonly source: EventSource;
  readonly hooks: readonly HookSource[];
}

/**
 * Opens a source and everything inside it.
 *
 * @param key the source's place in the state.
 * @throws CONFIG_INVALID for a schedule without sense, or a webhook whose secret is missing or not one
 */
export function openSource(
  definition: TriggerSource,
  key: string,
  parts: SourceParts,
): OpenedSource {
  const { state } = parts;
  switch (definition.kind) {
    case "schedule":
      return { source: scheduleSource(definition, { state, key }), hooks: [] };
    case "watch":
      return { source: watchSource(definition, { ...parts, key }), hooks: [] };
    case "webhook":
      return openHook(definition, key, parts);
    case "anyOf":
    case "allOf": {
      const opened = definition.of.map((part, index) => openSource(part, `${key}/${index}`, parts));
      const sources = opened.map(({ source }) => source);
      return {
        source:
          definition.kind === "anyOf"
            ? anyOf(sources)
            : allOf(sources, definition.withinSeconds * 1000),
        hooks: opened.flatMap(({ hooks }) => hooks),
      };
    }
    default:
      return definition satisfies never;
  }
}

function openHook(
  definition: Extract<TriggerSource, { kind: "webhook" }>,
  key: string,
  parts: SourceParts,
): OpenedSource {
  const scheme = schemeOf(parts.secretOf(definition.name) ?? "");
  if (scheme === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `The webhook ${definition.name} needs a secret: "whsec_" and the base64 of 24 to 64 random bytes, or any other text of at least 16 characters.`,
      { subject: definition.name, pointer: "/on/name" },
    );
  const hook = webhookSource(definition, { state: parts.state, key, scheme, clock: parts.clock });
  return { source: hook, hooks: [hook] };
}
