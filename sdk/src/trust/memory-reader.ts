/**
 * Reads the memory back from disk: it decides what is refused, so a damaged file must never pass for an empty one.
 * Every member, every length and every form is held to what `memory.ts` writes; nothing unknown is let in.
 */
import { OutriderError } from "../errors/index.ts";
import { maxRemembered, type TrustMemory } from "./memory.ts";

/** Throws unless the value has the form. */
type Form = (value: unknown, pointer: string) => void;

const text =
  (pattern: RegExp, what: string): Form =>
  (value, pointer) => {
    if (typeof value !== "string" || !pattern.test(value))
      throw new Misfit(pointer, `is not ${what}`);
  };

const list =
  (item: Form, most: number): Form =>
  (value, pointer) => {
    if (!Array.isArray(value)) throw new Misfit(pointer, "is not a list");
    if (value.length > most) throw new Misfit(pointer, `has more than ${most} entries`);
    for (const [index, entry] of value.entries()) item(entry, `${pointer}/${index}`);
  };

/** Names that end in `?` may be absent. */
const object =
  (members: Readonly<Record<string, Form>>): Form =>
  (value, pointer) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Misfit(pointer, "is not an object");
    const present = new Map<string, unknown>(Object.entries(value));
    for (const [member, form] of Object.entries(members)) {
      const name = member.replace("?", "");
      if (present.has(name)) form(present.get(name), `${pointer}/${name}`);
      else if (name === member) throw new Misfit(pointer, `lacks the member "${name}"`);
      present.delete(name);
    }
    for (const name of present.keys())
      throw new Misfit(pointer, `has the unknown member ${JSON.stringify(name)}`);
  };

const count: Form = (value, pointer) => {
  if (!Number.isSafeInteger(value) || Number(value) < 1)
    throw new Misfit(pointer, "is not a whole number from 1");
};
const sha256 = text(/^[0-9a-f]{64}$/, "a SHA-256");
const fingerprint = text(/^([0-9A-F]{40}|[0-9A-F]{64})$/, "a fingerprint");
const id = text(/^[0-9a-f-]{36}$/, "an id");
const name = text(/^[a-z0-9][a-z0-9.-]{0,99}$/, "a package's name");
const version = text(/^[0-9A-Za-z.+-]{5,128}$/, "a version");
const timestamp: Form = (value, pointer) => {
  if (
    typeof value !== "string" ||
    value.length > 24 ||
    !value.endsWith("Z") ||
    Number.isNaN(Date.parse(value))
  )
    throw new Misfit(pointer, "is not a moment in UTC");
};

const memoryForm = object({
  type: text(/^trust-memory\/1$/, '"trust-memory/1"'),
  "trust?": object({ version: count, sha256 }),
  servers: list(
    object({
      key: fingerprint,
      notifications: list(object({ name, sequence: count, sha256, trigger: id }), maxRemembered),
      "catalog?": object({
        sequence: count,
        sha256,
        expiresAt: timestamp,
        transport: text(/^.{0,100}$/s, "a transport's name"),
        packages: list(object({ name, version, manifest: sha256 }), maxRemembered),
        recalled: list(sha256, 2 * maxRemembered),
      }),
    }),
    maxRemembered,
  ),
  packages: list(
    object({ name, version, manifest: sha256, triggeredAt: timestamp }),
    maxRemembered,
  ),
  recalled: list(sha256, maxRemembered),
  seen: object({
    "upTo?": timestamp,
    ids: list(object({ id, issuedAt: timestamp, expiresAt: timestamp }), maxRemembered),
  }),
});

/**
 * Takes parsed JSON for a memory.
 *
 * @throws DOCUMENT_INVALID with the JSON pointer of what is wrong
 */
export function readTrustMemory(value: unknown, subject: string): TrustMemory {
  try {
    memoryForm(value, "");
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    throw new OutriderError(
      "DOCUMENT_INVALID",
      `${subject}: ${error.pointer === "" ? "the memory" : error.pointer} ${error.message}. The file was damaged or changed; restore it, or enroll anew.`,
      { subject, pointer: error.pointer },
    );
  }
  return value as TrustMemory;
}

class Misfit extends Error {
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.pointer = pointer;
  }
}
