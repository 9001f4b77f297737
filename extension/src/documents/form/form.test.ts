/** The form of a document that may hold anything: what it asks, what it leaves alone, and the edits of its orders. */
import { describe, expect, test } from "vitest";
import type { Field, Group } from "../../form/messages.ts";
import { inEnglish } from "../finding.ts";
import { editorSchema } from "../schemas.ts";
import { createDocument, createJsonServices } from "../service.ts";
import { contentOf, type PlacedFault } from "./content.ts";
import { editsOfOrder, fieldsOf, type FormOrder } from "./orders.ts";
import { shapeOf } from "./shape.ts";
import { shownValue, visible } from "./written.ts";

const services = createJsonServices(inEnglish);

function formOf(text: string, schema = "outrider", faults: readonly PlacedFault[] = []): Group {
  const shape = shapeOf(schema, inEnglish) ?? [];
  const parts = { schema: editorSchema(schema, inEnglish), t: inEnglish };
  return contentOf({ ...parts, shape, value: JSON.parse(text) as unknown, faults });
}

function fieldAt(content: Group, pointer: string): Field | undefined {
  return fieldsOf(content).find((field) => field.pointer === pointer);
}

function groupAt(content: Group, pointer: string): Group | undefined {
  if (content.pointer === pointer && content.heading !== "") return content;
  return content.groups
    .map((inner) => groupAt(inner, pointer))
    .find((found) => found !== undefined);
}

/** The text after an order. */
function ordered(text: string, order: FormOrder, schema = "outrider"): string {
  const document = createDocument("file:///a.json", 1, text);
  const { root } = services(schema).parseJSONDocument(document);
  const edits = editsOfOrder({ document, root, content: formOf(text, schema), since: 1 }, order);
  return edits
    .map(({ range, text: put }) => ({
      from: document.offsetAt(range.start),
      to: document.offsetAt(range.end),
      put,
    }))
    .toSorted((left, right) => right.from - left.from || right.to - left.to)
    .reduce((now, { from, to, put }) => now.slice(0, from) + put + now.slice(to), text);
}

const manifest = `{
  "name": "demo",
  "version": "1.0.0",
  "files": [
    { "from": "a" },
    { "from": "b",   "to": "c" }
  ],
  "install": { "strategy": "directory" },
  "requires": { "base": "^1.0.0" }
}
`;

describe("what is asked", () => {
  test("members in order, with the schema's words, values and choices", () => {
    const content = formOf(manifest);
    expect(content.groups.map(({ heading }) => heading)).toEqual([
      "Package",
      "Files 1",
      "Files 2",
      "Installation",
      "Rollout",
    ]);
    expect(fieldAt(content, "/files/1/to")).toMatchObject({ label: "To", value: "c" });
    expect(fieldAt(content, "/kind")?.control).toEqual({
      kind: "choice",
      choices: ["program", "patch", "data", "mixture"],
    });
    expect(fieldAt(content, "/name")).toMatchObject({ isRequired: true, value: "demo" });
    expect(fieldAt(content, "/install/strategy")?.hint).toContain("a versioned directory");
    expect(content.notes).toEqual(["Only in the text: requires"]);
    expect(content.adders.map(({ label }) => label)).toEqual(["Add Files", "Add Variant"]);
  });

  test("a push file", () => {
    const push =
      '{"package":"demo","audience":{"groups":["pilots"]},"on":{"kind":"webhook","name":"x"}}';
    const content = formOf(push, "push");
    expect(fieldAt(content, "/audience/groups")?.value).toBe("pilots");
    expect(groupAt(content, "/on")?.notes).toEqual(["Only in the text: name"]);
  });

  test("each fault stands once, at the innermost place that knows it", () => {
    const content = formOf(manifest, "outrider", [
      { pointer: "/files/1/from", message: "at the field" },
      { pointer: "/files/1", message: "at the row" },
      { pointer: "/requires/base", message: "on top" },
    ]);
    expect(fieldAt(content, "/files/1/from")?.faults).toEqual(["at the field"]);
    expect(groupAt(content, "/files/1")?.faults).toEqual(["at the row"]);
    expect(content.faults).toEqual(["on top"]);
  });
});

describe("E2 what it does not understand is shown, and never written", () => {
  const hostile = JSON.stringify({
    name: "safe\u202egnp.exe",
    version: 3,
    kind: ["program"],
    description: '<img src=x onerror="globalThis.owned=1">',
    files: [{ from: "a\nb" }, 7, { from: "x", exclude: ["a", 1] }],
    variants: "none",
    install: { strategy: "directory", hooks: 5, healthCheck: { argv: [""] } },
    rollout: [],
  });

  test.each([
    "/name",
    "/version",
    "/kind",
    "/files/0/from",
    "/files/2/exclude",
    "/install/healthCheck/argv",
  ])("%s", (pointer) => {
    const field = fieldAt(formOf(hostile), pointer);
    expect(field?.strange).not.toBeUndefined();
    const order = { kind: "write", pointer, was: field?.value ?? "", value: "x" } as const;
    expect(ordered(hostile, order)).toBe(hostile);
  });

  test("what is not seen stands there by its number; markup is text", () => {
    const content = formOf(hostile);
    expect(fieldAt(content, "/name")?.strange).toBe("safe⟨U+202E⟩gnp.exe");
    expect(fieldAt(content, "/description")?.value).toContain("<img src=x");
  });

  test("what the schema refuses as invisible is invisible here: tags, variation selectors, private use", () => {
    for (const character of ["\u{e0041}", "\ufe0f", "\ue000", "\ud800", "\u2028"]) {
      expect(shownValue({ kind: "text" }, `a${character}b`)).toBeUndefined();
      expect(visible(`a${character}b`)).toMatch(/^a⟨U\+[0-9A-F]{4,5}⟩b$/);
    }
    expect(visible("für Zoë 🙂")).toBe("für Zoë 🙂");
  });

  test("containers of a wrong type", () => {
    const content = formOf(hostile);
    expect(groupAt(content, "/files/1")?.strange).toBe("7");
    expect(groupAt(content, "/variants")?.strange).toBe("none");
    expect(groupAt(content, "/install/hooks")?.strange).toBe("5");
    expect(groupAt(content, "/rollout")?.strange).toBe("[]");
  });

  test("of very many rows the first hundred are shown", () => {
    const files = Array.from({ length: 50_000 }, () => ({ from: "a" }));
    const content = formOf(JSON.stringify({ files }));
    expect(content.groups.filter(({ pointer }) => pointer.startsWith("/files/"))).toHaveLength(100);
    expect(content.notes).toEqual(["49900 more, in the text: /files"]);
  });
});

describe("orders", () => {
  test("an answer changes its own characters", () => {
    const write = { kind: "write", pointer: "/files/1/to", was: "c", value: "d" } as const;
    expect(ordered(manifest, write)).toBe(manifest.replace('"c"', '"d"'));
    const clear = { ...write, value: "" };
    expect(ordered(manifest, clear)).toBe(manifest.replace(',   "to": "c"', ""));
    expect(ordered(manifest, { ...write, was: "other" })).toBe(manifest);
  });

  test("numbers, flags and lines are written as such", () => {
    const check = { ...JSON.parse(manifest), install: { healthCheck: { argv: ["a", "b"] } } };
    const text = JSON.stringify(check);
    const write = (pointer: string, was: string, value: string): unknown =>
      JSON.parse(ordered(text, { kind: "write", pointer, was, value }));
    expect(write("/install/healthCheck/attempts", "", "2")).toMatchObject({
      install: { healthCheck: { attempts: 2 } },
    });
    expect(write("/files/0/executable", "", "true")).toMatchObject({
      files: [{ executable: true }, {}],
    });
    const argv = (value: string): unknown => write("/install/healthCheck/argv", "a\nb", value);
    expect(argv("a\nx\ny\nz")).toMatchObject({
      install: { healthCheck: { argv: ["a", "x", "y", "z"] } },
    });
    expect(argv("a")).toMatchObject({ install: { healthCheck: { argv: ["a"] } } });
  });

  test("rows are moved and taken out with their own text", () => {
    const rise = { kind: "rise", pointer: "/files/1", version: 1 } as const;
    const swapped = `  "files": [
    { "from": "b",   "to": "c" },
    { "from": "a" }
  ],`;
    expect(ordered(manifest, rise)).toContain(swapped);
    expect(ordered(manifest, { kind: "sink", pointer: "/files/0", version: 1 })).toContain(swapped);
    expect(ordered(manifest, { kind: "remove", pointer: "/files/0", version: 1 })).toContain(
      '"files": [\n    { "from": "b",   "to": "c" }\n  ]',
    );
    expect(ordered(manifest, { ...rise, version: 0 })).toBe(manifest);
    expect(ordered(manifest, { ...rise, pointer: "/requires/base" })).toBe(manifest);
  });

  test("what is added stands as the file is written", () => {
    const order = { kind: "add", pointer: "/variants" } as const;
    expect(ordered(manifest, order)).toContain(`  "requires": { "base": "^1.0.0" },
  "variants": [
    {
      "name": "linux",
      "when": { "os": ["linux"] },
      "files": [{ "from": "dist/linux/**" }]
    }
  ]
}`);
    const check = { ...order, pointer: "/install/healthCheck" };
    expect(ordered(manifest, check)).toContain(
      '"install": { "strategy": "directory", "healthCheck": { "argv": ["bin/check"] } }',
    );
    const waves = { ...order, pointer: "/rollout/waves" };
    expect(ordered(manifest, waves)).toContain('"rollout": { "waves": [{ "share": 100 }] }');
    expect(ordered(manifest, { ...order, pointer: "/requires" })).toBe(manifest);
  });
});
