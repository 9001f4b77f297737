/**
 * The `exports` of sdk/package.json: the subpaths that are public, as far as they are written.
 *
 * A subpath `./a/b` is the module sdk/src/a/b/index.ts, or sdk/src/a/b.ts where it is one file.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentFiles } from "../agent-file.ts";

const subpaths = [
  "errors",
  "errors/advice",
  "ports",
  "schema",
  "calendar",
  "signing",
  "signing/openpgp",
  "signing/sources",
  "package",
  "package/build",
  "messages",
  "trust",
  "ledger",
  "transport",
  "transport/parts",
  "transport/smbclient",
  "transport/tree",
  "transport/web",
  "trigger",
  "server",
  "server/plan",
  "agent",
  "transports/email/sender",
  "transports/email/orders",
  "transports/email/receipts",
  "transports/email/receiver",
  "transports/email/receiver/decrypt",
  "transports/http/receiver",
  "transports/http/receipts",
  "transports/opportunistic/sender",
  "transports/opportunistic/receiver",
  "transports/unc/sender",
  "transports/unc/receiver",
  "transports/unc/receipts",
  "obtain/attached",
  "obtain/email",
  "obtain/http",
  "obtain/unc",
  "store/postgres",
  "store/sqlite",
  "host",
  "authoring",
  "client",
  "release",
  "testing",
];

/** Programs that are one file each (scripts/agent-file.ts): products copy them, so their path is public. */
const singleFiles = Object.keys(agentFiles).map((file) => [`./${file}`, `./dist/${file}`]);

/** The text of sdk/package.json with the exports that it should have. */
export function generateManifest(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;
  const entries = subpaths.flatMap((subpath) => {
    const file = [`${subpath}/index`, subpath].find((name) =>
      existsSync(join(folder, "src", `${name}.ts`)),
    );
    if (file === undefined) return [];
    return [[`./${subpath}`, { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` }]];
  });
  const exports: unknown = Object.fromEntries([
    ...entries,
    ...singleFiles,
    ["./package.json", "./package.json"],
  ]);
  return `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`;
}
