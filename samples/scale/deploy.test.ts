/** The files in deploy/ say what the sample shows: every process a part with a name of its own, and nothing secret inside. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDocumentText, validateServerConfig } from "@outrider/sdk/schema";
import { expect, test } from "vitest";
import { parse } from "yaml";

const folder = join(import.meta.dirname, "deploy");
const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");

interface Compose {
  readonly services: Record<string, { readonly command?: string[]; readonly secrets?: string[] }>;
  readonly secrets: Record<string, { readonly file: string }>;
  readonly volumes: Record<string, unknown>;
}

test("the configuration is one that serve takes", async () => {
  const config = readDocumentText(await read("outrider-server.json"), validateServerConfig, "it");
  expect(config.store?.kind).toBe("postgres");
});

test("two answer, three send, one or more of the others; each has its own name", async () => {
  const { services, secrets } = parse(await read("compose.yaml"), { merge: true }) as Compose;
  const parts = Object.entries(services).filter(([name]) => name !== "database");
  const counts: Record<string, number> = {};
  for (const [name, { command = [], secrets: used = [] }] of parts) {
    const role = name.replace(/-\d+$/, "");
    counts[role] = (counts[role] ?? 0) + 1;
    const config = "/etc/outrider/outrider-server.json";
    expect(command).toEqual(["outrider", "serve", config, "--role", role, "--name", name]);
    expect(used.filter((secret) => !(secret in secrets))).toEqual([]);
  }
  expect(counts).toEqual({ api: 2, sender: 3, scheduler: 2, mailbox: 1 });
});

test("no secret stands in any of them", async () => {
  for (const name of ["compose.yaml", "outrider-server.json", "outrider-sender@.service"])
    expect(await read(name)).not.toMatch(/postgres(ql)?:\/\/|PRIVATE KEY|PASSWORD: /);
});
