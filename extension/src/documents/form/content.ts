/** The form of a document that may hold anything: its parts with their values, and each fault where it belongs. */
import type { JSONSchema } from "vscode-json-languageservice";
import type { Adder, Field, Group } from "../../form/messages.ts";
import type { Translate } from "../finding.ts";
import { controlOf, schemaAt } from "./schema-at.ts";
import type { FieldPart, GroupPart, ListPart, Part } from "./shape.ts";
import { shownValue, visible } from "./written.ts";

/** What is wrong at a place. */
export interface PlacedFault {
  readonly pointer: string;
  readonly message: string;
}

/** What a form is made of. */
export interface FormParts {
  readonly shape: readonly Part[];
  readonly schema: JSONSchema;
  readonly value: unknown;
  readonly faults: readonly PlacedFault[];
  readonly t: Translate;
}

const maxRows = 100;
const maxNames = 20;

/** Where something stands, in the document and in the schema. */
interface Place {
  readonly pointer: string;
  readonly value: unknown;
  readonly path: readonly string[];
}

/** The whole, as one group. */
export function contentOf(parts: FormParts): Group {
  const { shape, value } = parts;
  const content = new Content(parts);
  return content.group("", shape, { pointer: "", value, path: [] });
}

class Content {
  readonly #schema: JSONSchema;
  readonly #t: Translate;
  #faults: readonly PlacedFault[];

  constructor({ faults, schema, t }: FormParts) {
    this.#faults = faults;
    this.#schema = schema;
    this.#t = t;
  }

  /** Children come first: a fault is told at the innermost place that knows it. */
  group(heading: string, parts: readonly Part[], place: Place, isWhole = true): Group {
    const { pointer, value } = place;
    if (!isObject(value))
      return { ...empty(heading, place), strange: visible(value), faults: this.#take(pointer) };
    const fields: Field[] = [];
    const groups: Group[] = [];
    const adders: Adder[] = [];
    const notes: string[] = [];
    for (const part of parts) {
      const inner = below(place, part.path);
      if (part.kind === "field") fields.push(this.#field(part, inner));
      else if (inner.value === undefined && part.optional !== undefined)
        adders.push(adderOf(part, inner.pointer, 0));
      else if (part.kind === "group") groups.push(this.#member(part, inner));
      else this.#list(part, inner, { groups, adders, notes });
    }
    // A group that is only a part of an object leaves the rest of it to the others.
    if (!isWhole) return { pointer, heading, fields, groups, adders, notes, faults: [] };
    const rest = restOf(value, parts);
    if (rest.length > 0) notes.push(this.#t("Only in the text: {0}", rest.join(", ")));
    return { pointer, heading, fields, groups, adders, notes, faults: this.#take(pointer) };
  }

  #field({ hint, label }: FieldPart, { path, pointer, value }: Place): Field {
    const { isRequired, schema } = schemaAt(this.#schema, path);
    const control = controlOf(this.#schema, schema);
    const shown = shownValue(control, value);
    const faults = this.#take(pointer);
    const about = hint ?? schema.description ?? "";
    return {
      pointer,
      label,
      // What the label says already is not said again.
      hint: faults.includes(about) || about === `${label}.` ? "" : about,
      control,
      value: shown ?? "",
      faults,
      isRequired,
      ...(shown === undefined ? { strange: visible(value) } : {}),
    };
  }

  #member({ heading, optional, parts, path }: GroupPart, place: Place): Group {
    // A group that may be missing is asked for as if it were empty: its fields write what is needed.
    const value = place.value === undefined ? {} : place.value;
    const inner = this.group(heading, parts, { ...place, value }, path.length > 0);
    return optional === undefined ? inner : { ...inner, row: { canRise: false, canSink: false } };
  }

  #list(
    part: ListPart,
    place: Place,
    into: { readonly groups: Group[]; readonly adders: Adder[]; readonly notes: string[] },
  ): void {
    const { pointer, value } = place;
    if (!Array.isArray(value)) {
      into.groups.push(this.group(part.heading("").trim(), part.parts, place));
      return;
    }
    const rows: readonly unknown[] = value.slice(0, maxRows);
    const schemaPath = [...place.path, "*"];
    for (const [at, row] of rows.entries()) {
      const heading = part.heading(nameOf(row) ?? String(at + 1));
      const inner = { pointer: `${pointer}/${at}`, value: row, path: schemaPath };
      const group = this.group(heading, part.parts, inner);
      into.groups.push({ ...group, row: { canRise: at > 0, canSink: at < rows.length - 1 } });
    }
    if (value.length > maxRows)
      into.notes.push(this.#t("{0} more, in the text: {1}", value.length - maxRows, pointer));
    else into.adders.push(adderOf(part, pointer, value.length));
  }

  /** Each is told once. */
  #take(pointer: string): string[] {
    const isHere = (fault: PlacedFault): boolean =>
      fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`);
    const taken = this.#faults.filter(isHere);
    this.#faults = this.#faults.filter((fault) => !isHere(fault));
    return taken.map(({ message }) => visible(message));
  }
}

/** Where a member is that is not there, and what is in its way: a value that has no members. */
function below(place: Place, names: readonly string[]): Place {
  let { pointer, value } = place;
  for (const name of names) {
    if (value === undefined) pointer += `/${name}`;
    else if (isObject(value)) {
      pointer += `/${name}`;
      value = Object.hasOwn(value, name) ? value[name] : undefined;
    }
  }
  return { pointer, value, path: [...place.path, ...names] };
}

function adderOf(part: GroupPart | ListPart, pointer: string, count: number): Adder {
  const { label = "", value } = part.optional ?? {};
  const isList = part.kind === "list";
  return { pointer, label, next: isList ? `${pointer}/${count}` : pointer, fresh: value };
}

function empty(heading: string, { pointer }: Place): Group {
  return { pointer, heading, fields: [], groups: [], adders: [], notes: [], faults: [] };
}

/** Members that no part asks for. */
function restOf(value: Readonly<Record<string, unknown>>, parts: readonly Part[]): string[] {
  const names = unasked(value, parts.flatMap(pathsOf));
  const more = names.length > maxNames ? ["…"] : [];
  return [...names.slice(0, maxNames), ...more];
}

function unasked(
  value: Readonly<Record<string, unknown>>,
  asked: readonly (readonly string[])[],
): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === "$schema") return [];
    const inner = asked.filter(([head]) => head === name).map((path) => path.slice(1));
    if (inner.length === 0) return [visible(name)];
    if (!isObject(member) || inner.some((path) => path.length === 0)) return [];
    return unasked(member, inner).map((rest) => `${name}/${rest}`);
  });
}

function pathsOf(part: Part): (readonly string[])[] {
  if (part.path.length > 0) return [part.path];
  return part.kind === "field" ? [] : part.parts.flatMap(pathsOf);
}

function nameOf(row: unknown): string | undefined {
  if (!isObject(row) || typeof row["name"] !== "string" || row["name"] === "") return undefined;
  return visible(row["name"]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
