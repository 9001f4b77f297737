/** What is measured, how large it may be, and which libraries it must never reach. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentFiles } from "../agent-file.ts";

/** One bundle, as a vendor makes it. */
export interface Row {
  readonly name: string;
  /** Module below sdk/src. */
  readonly entry: string;
  /** The names that are imported; all unless given. */
  readonly imports?: string;
  /** Folder of sdk/src that is not counted, since whatever a product takes it carries that once. */
  readonly apart?: string;
  /** The entry is a program: one file that runs by itself. */
  readonly program?: boolean;
  readonly maxBytes: number;
  readonly without: readonly string[];
}

const heavy = ["openpgp", "ajv", "nodemailer", "fastify", "jszip"];

/** What only the command line of people has. */
const commandLine = ["commander", "cli-progress"];

const parts: readonly Row[] = [
  {
    name: "errors, as agents carry them",
    entry: "errors/index.ts",
    imports: "{ errorTable, isOutriderError, OutriderError }",
    maxBytes: 4_000,
    without: heavy,
  },
  {
    name: "signature verifier, errors apart",
    entry: "signing/verify.ts",
    apart: "errors",
    maxBytes: 8_000,
    without: heavy,
  },
];

const files: readonly Row[] = [
  {
    name: "outrider-agent.mjs",
    entry: agentFiles["outrider-agent.mjs"],
    program: true,
    maxBytes: 800_000,
    // nodemailer is there for receipts by mail.
    without: [...heavy.filter((name) => name !== "nodemailer"), ...commandLine],
  },
  {
    name: "outrider-agent-lite.mjs",
    entry: agentFiles["outrider-agent-lite.mjs"],
    program: true,
    maxBytes: 186_000, // two thousand of it are what Windows needs
    without: [...heavy, ...commandLine, "multicast-dns"],
  },
];

/** Thousands of bytes that a product may carry for each public subpath, all that it reaches included. */
const budgets: Readonly<Record<string, number>> = {
  errors: 4,
  "errors/advice": 13,
  ports: 11,
  schema: 260,
  calendar: 2,
  signing: 15,
  "signing/openpgp": 430,
  "signing/sources": 430,
  package: 50,
  "package/build": 165,
  messages: 25,
  trust: 62,
  ledger: 5,
  transport: 10,
  "transport/parts": 14,
  "transport/smbclient": 18,
  "transport/tree": 22,
  "transport/web": 8,
  trigger: 99,
  server: 1400, // OpenPGP.js judges the keys to which archives are encrypted
  "server/plan": 45,
  agent: 150,
  "transports/email/sender": 720,
  "transports/email/orders": 280,
  "transports/email/receipts": 280,
  "transports/email/receiver": 55,
  "transports/email/receiver/decrypt": 425,
  "transports/http/receiver": 15,
  "transports/http/receipts": 9,
  "transports/opportunistic/sender": 50,
  "transports/opportunistic/receiver": 72,
  "transports/unc/sender": 16,
  "transports/unc/receiver": 17,
  "transports/unc/receipts": 18,
  "obtain/attached": 11,
  "obtain/email": 13,
  "obtain/http": 21,
  "obtain/unc": 16,
  "store/postgres": 52,
  "store/sqlite": 37,
  host: 62,
  authoring: 380,
  client: 36,
  release: 170,
  testing: 41,
};

/** Agents of whoever embeds them never reach these. */
const light = /^(agent|transport|transports\/.*\/(receiver|receipts)|obtain\/.*)$/;

/** All rows: first what every agent carries, then the agents that are one file, then each public subpath. */
export function readRows(): readonly Row[] {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../sdk/package.json"), "utf8"),
  ) as { exports: Readonly<Record<string, string | { readonly default: string }>> };
  const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]): Row[] => {
    if (typeof target === "string") return [];
    const name = subpath.slice(2);
    const entry = target.default.replace("./dist/", "").replace(/\.js$/, ".ts");
    const budget = budgets[name] ?? 0; // a new subpath has none: it says so by being too large
    const without = light.test(name) && name !== "transports/email/receipts" ? heavy : [];
    return [{ name, entry, maxBytes: budget * 1000, without }];
  });
  return [...parts, ...files, ...subpaths];
}
