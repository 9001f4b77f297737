/** Would the published packages work for whoever installs them? */

import { join, relative } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const project = join(import.meta.dirname, "..");

for (const folder of ["sdk", "schemas"].map((name) => join(project, name))) {
  const { messages, pkg } = await publint({ pkgDir: folder, pack: "pnpm", strict: true });
  for (const message of messages) {
    const text = formatMessage(message, pkg, { color: false }) ?? message.code;
    console.error(`${relative(project, folder)}/package.json: ${message.type}: ${text}`);
    process.exitCode = 1;
  }
}
