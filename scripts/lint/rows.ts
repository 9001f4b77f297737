/**
 * The row rule: a module of sdk/src imports only from rows above its own.
 *
 * This is the table of ARCHITECTURE.md. Folders of one row are blind to each other, save
 * where `sideways` says otherwise; tests wire things together and may import anything.
 */

/** Top to bottom. A name with `*` stands for each of its sub-folders on its own. */
export const rows: readonly (readonly string[])[] = [
  ["errors", "ports"],
  ["schema", "calendar", "signing", "package"],
  ["messages", "trust"],
  ["transport", "ledger"],
  ["trigger", "server", "agent", "transports/*", "obtain/*", "store/*", "host"],
  ["authoring", "client", "release", "cli", "testing"],
];

/** The few neighbours that may be seen: folder → folders of its own row. */
export const sideways: Readonly<Record<string, readonly string[]>> = {
  ports: ["errors"],
  calendar: ["schema"],
  signing: ["schema"],
  package: ["schema"],
  trust: ["messages"],
  authoring: ["release"],
  cli: ["authoring", "client", "release", "testing"],
  release: ["client"],
  testing: ["cli"],
};

/**
 * Folders whose sub-folders are rows again, top to bottom. The files beside these sub-folders are the story: they see
 * all of them, and are seen by them only where they are `known`.
 */
export const inside: Readonly<
  Record<
    string,
    { readonly known: readonly string[]; readonly rows: readonly (readonly string[])[] }
  >
> = {
  agent: {
    known: ["machine", "options", "policy", "workplace"],
    rows: [
      ["memory"],
      ["reports", "admission"],
      ["archive"],
      ["install"],
      ["deployment"],
      ["reception"],
    ],
  },
  server: {
    known: ["raw", "judge", "notify", "server"],
    rows: [
      ["audit", "limits", "publishing"],
      ["news", "carriage"],
      ["audience"],
      ["agents", "drafting"],
      ["sending", "deployments"],
      ["intake"],
      ["process"],
      ["http", "plan"],
    ],
  },
};

/** Each library has its homes; nothing else imports it, so the agent never carries it. */
export const libraries: Readonly<Record<string, readonly string[]>> = {
  ajv: [],
  jszip: [],
  "cli-progress": ["cli"],
  commander: ["cli"],
  croner: ["trigger"],
  "eventsource-parser": ["client"],
  fastify: ["server", "host", "transports/http", "testing"],
  "multicast-dns": ["transports/opportunistic"],
  nodemailer: ["transports/email", "testing"],
  openpgp: ["signing/openpgp", "signing/sources", "transports/email/receiver/decrypt", "testing"],
  pg: ["store/postgres"],
  pino: ["cli"],
  "prom-client": ["server/http"],
  s3mini: ["host/bucket"],
  semver: [],
  tinyglobby: ["package", "trigger", "cli"],
};

/** Why `importer` may not import `specifier`, or undefined where it may. Paths are below sdk/src. */
export function refusal(importer: string, specifier: string): string | undefined {
  if (/\.test(-d)?\.ts$/.test(importer)) return undefined;
  const from = folderOf(importer);
  if (from === undefined) return `sdk/src/${importer} is in none of the folders of the row table`;
  if (!specifier.startsWith(".")) return libraryRefusal(importer, specifier);

  const target = resolve(importer, specifier);
  if (target === undefined) return `${specifier} is outside sdk/src`;
  const to = folderOf(target);
  if (to === undefined) return `sdk/src/${target} is in none of the folders of the row table`;
  if (from.name === to.name) return innerRefusal(importer, target);
  if (to.row < from.row) return undefined;
  if (to.row === from.row && sideways[from.name]?.includes(to.name) === true) return undefined;
  return to.row === from.row
    ? `${from.name} and ${to.name} stand in row ${from.row} and are blind to each other`
    : `${from.name} (row ${from.row}) may import only from rows above its own, and ${to.name} is in row ${to.row}`;
}

/** The same rule between two sub-folders of one folder. */
function innerRefusal(importer: string, target: string): string | undefined {
  const [folder = "", from = "", ...below] = importer.split("/");
  const to = target.split("/")[1]?.replace(/\.ts$/, "") ?? "";
  const { known, rows: innerRows } = inside[folder] ?? { known: [], rows: [] };
  if (innerRows.length === 0 || below.length === 0 || from === to || known.includes(to))
    return undefined;
  const rowOf = (name: string): number => innerRows.findIndex((row) => row.includes(name));
  if (rowOf(from) === -1) return `${folder}/${from} is in none of the rows of ${folder}`;
  if (rowOf(to) !== -1 && rowOf(to) < rowOf(from)) return undefined;
  return `${folder}/${from} may import only from the rows of ${folder} above its own, and ${to} is in none of them`;
}

function libraryRefusal(importer: string, specifier: string): string | undefined {
  const library = specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? specifier;
  const homes = libraries[library];
  if (homes === undefined || homes.some((home) => isWithin(importer, home))) return undefined;
  return `${library} may be imported only in ${homes.join(", ") || "tests and scripts"}`;
}

/** Is the module the file `home.ts`, or in the folder `home`? */
function isWithin(module: string, home: string): boolean {
  return module === `${home}.ts` || module.startsWith(`${home}/`);
}

/** The folder of the table that holds the module; below `x/*` a single file is one too. */
function folderOf(module: string): { readonly name: string; readonly row: number } | undefined {
  const [top, second] = module.split("/");
  if (second === undefined) return undefined;
  for (const [row, folders] of rows.entries()) {
    if (top !== undefined && folders.includes(top)) return { name: top, row };
    if (folders.includes(`${top}/*`)) return { name: `${top}/${second.replace(/\.ts$/, "")}`, row };
  }
  return undefined;
}

function resolve(importer: string, specifier: string): string | undefined {
  const path = importer.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (path.pop() === undefined) return undefined;
    } else if (part !== ".") path.push(part);
  }
  return path.join("/");
}

interface ImportNode {
  readonly source?: { readonly value?: unknown } | null;
}

interface RuleContext {
  readonly filename: string;
  report(problem: { readonly node: ImportNode; readonly message: string }): void;
}

const rule = {
  create(context: RuleContext): Record<string, (node: ImportNode) => void> {
    const importer = /\/sdk\/src\/(.*)$/.exec(context.filename.replaceAll("\\", "/"))?.[1];
    if (importer === undefined) return {};
    const examine = (node: ImportNode): void => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string") return;
      const message = refusal(importer, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: examine,
      ImportExpression: examine,
      TSImportType: examine,
      ExportAllDeclaration: examine,
      ExportNamedDeclaration: examine,
    };
  },
};

export default { meta: { name: "outrider" }, rules: { rows: rule } };
