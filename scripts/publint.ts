/** Would the published packages work for whoever installs them? */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packagesNamed } from "./public-types.ts";

const project = join(import.meta.dirname, "..");

for (const folder of ["sdk", "schemas"].map((name) => join(project, name))) {
  const { messages, pkg } = await publint({ pkgDir: folder, pack: "pnpm", strict: true });
  for (const message of messages) {
    const text = formatMessage(message, pkg, { color: false }) ?? message.code;
    console.error(`${relative(project, folder)}/package.json: ${message.type}: ${text}`);
    process.exitCode = 1;
  }
}

/** Dependencies of the SDK whose types are whole. */
const typed: ReadonlySet<string> = new Set(["fastify", "nodemailer"]);
const { exports } = JSON.parse(readFileSync(join(project, "sdk/package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};
const declarations = Object.values(exports).flatMap((entry) =>
  typeof entry === "string" ? [] : [join(project, "sdk", entry.types)],
);
for (const [name, file] of packagesNamed(declarations)) {
  if (typed.has(name.split("/")[0] ?? name)) continue;
  console.error(
    `${relative(project, file)}: public types name ${name}, whose types do not come along.`,
  );
  process.exitCode = 1;
}
