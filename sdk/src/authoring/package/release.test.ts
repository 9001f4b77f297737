/** A manifest among what was built, signed and published from it: real packages, real signatures. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testKeys } from "../../../test/support/keys.ts";
import { inEnglish } from "../../errors/index.ts";
import { buildPackage, sealPackage } from "../../package/build/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import type { Trust } from "../../schema/index.ts";
import { joinSignatures } from "../../signing/index.ts";
import { createTrust, grantRole } from "../../trust/index.ts";
import { examineAuthored } from "../examine.ts";
import type { Remark } from "../remark.ts";
import { findSurroundings } from "../surroundings.ts";

const keys = testKeys(["Ada", "Bo", "Server"]);
const now = new Date();
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "outrider-release-"));
  await write("app/a.txt", "one");
  await write("outrider.json", manifest());
});

afterEach(() => rm(top, { recursive: true, force: true }));

async function write(path: string, value: object | string): Promise<void> {
  await mkdir(dirname(join(top, path)), { recursive: true });
  await writeFile(join(top, path), typeof value === "string" ? value : JSON.stringify(value));
}

function manifest(version = "1.0.0", members: object = {}): object {
  const files = [{ from: "app/**" }];
  return { name: "demo", version, files, install: { strategy: "directory" }, ...members };
}

async function build(version = "1.0.0"): Promise<{ directory: string; manifestText: string }> {
  await write("outrider.json", manifest(version));
  const sourceFile = join(top, "outrider.json");
  return buildPackage({ sourceFile, outputDirectory: join(top, "dist"), releasedAt: now });
}

async function sign(...owners: readonly (keyof typeof keys)[]): Promise<void> {
  const { directory, manifestText } = await build();
  const bytes = new TextEncoder().encode(manifestText);
  const signatures = await Promise.all(owners.map((owner) => keys[owner].source.sign(bytes)));
  await sealPackage({ directory, signatures: joinSignatures(signatures) });
}

function trust(): Trust {
  const { Ada, Bo, Server } = keys;
  const one = (key: typeof Ada) => ({ keys: [key.trusted], threshold: 1 });
  const first = createTrust({ root: one(Ada), server: one(Server) }, { now, validDays: 30 });
  const both = { keys: [Ada.trusted, Bo.trusted], threshold: 2 };
  return grantRole(first, { role: "release", packages: ["*"] }, both);
}

async function remarks(path: string, value: object): Promise<Remark[]> {
  const options = { fileSystem: nodeFileSystem, now, top };
  const surroundings = await findSurroundings(join(top, path), options);
  const schema = path === "outrider.json" ? "outrider" : "push";
  return examineAuthored(schema, JSON.stringify(value), surroundings);
}

async function said(value: object, path = "outrider.json"): Promise<string[]> {
  const found = await remarks(path, value);
  return found.map(({ code, pointer, sentence }) => `${code} ${pointer} ${inEnglish(sentence)}`);
}

describe("a build", () => {
  test("that is as its sources: nothing to say, signed or not", async () => {
    await build();
    expect(await said(manifest())).toEqual([]);
  });

  test("whose sources have another length, another digest, other names, another manifest", async () => {
    await build();
    const overtaken = (what: string): string[] => [
      `PACKAGE_STALE /version demo-1.0.0 was built before ${what} changed: build it again.`,
    ];
    expect(await said(manifest("1.0.0", { kind: "data" }))).toEqual(overtaken("kind"));
    expect(await said(manifest("1.0.0", { minimumVersion: "0.9.0" }))).toEqual(
      overtaken("minimumVersion"),
    );
    await write("app/a.txt", "two");
    const later = new Date(Date.now() + 60_000);
    await utimes(join(top, "app/a.txt"), later, later);
    expect(await said(manifest())).toEqual(overtaken("app/a.txt"));
    await write("app/a.txt", "one");
    await utimes(join(top, "app/a.txt"), later, later);
    expect(await said(manifest())).toEqual([]);
    await write("app/b.txt", "new");
    expect(await said(manifest())).toEqual(overtaken("app/b.txt"));
    await rm(join(top, "app/b.txt"));
    await rm(join(top, "app/a.txt"));
    await write("app/c.txt", "one");
    expect(await said(manifest())).toEqual(overtaken("app/c.txt"));
  });
});

describe("a version", () => {
  test("below one that was built, and the next one as repair", async () => {
    await build("1.4.9");
    const [remark, ...others] = await remarks("outrider.json", manifest("1.4.0"));
    expect(others).toEqual([]);
    expect(remark).toMatchObject({ code: "PACKAGE_VERSION", pointer: "/version" });
    expect(remark?.repairs?.[0]?.changes).toEqual([
      { kind: "write", pointer: "/version", value: "1.4.10" },
    ]);
    expect(await said(manifest("1.5.0"))).toEqual([]);
  });

  test("after a candidate comes its release", async () => {
    await build("2.0.0-rc.1");
    const [remark] = await remarks("outrider.json", manifest("1.9.0"));
    expect(remark?.repairs?.[0]?.changes).toMatchObject([{ value: "2.0.0" }]);
  });

  test("that the server of the workspace has published, with these contents and with others", async () => {
    const server = {
      dataDirectory: "data",
      trustFile: "trust.json",
      key: { file: "server.asc" },
      listen: { port: 0 },
    };
    await write("outrider-server.json", server);
    const record = { name: "demo", version: "1.0.0", manifest: "0".repeat(64) };
    await write("data/host/releases/one.json", record);
    expect(await said(manifest())).toEqual([
      "PACKAGE_CONFLICT /version 1.0.0 is published already, with other contents.",
    ]);
    const { manifestSha256 } = (await build()) as unknown as { manifestSha256: string };
    await write("data/host/releases/one.json", { ...record, manifest: manifestSha256 });
    expect(await said(manifest())).toEqual([]);
    await write("data/host/releases/two.json", "{");
    await write("data/host/releases/two.json", { ...record, version: "1.2.0" });
    expect(await said(manifest())).toEqual([
      "PACKAGE_VERSION /version 1.2.0 is there already: machines that have it do not go back.",
    ]);
  });
});

describe("signatures", () => {
  test("all that are needed", async () => {
    await write("trust.json", trust());
    await sign("Ada", "Bo");
    expect(await said(manifest())).toEqual([]);
  });

  test("one of two", async () => {
    await write("trust.json", trust());
    await sign("Ada");
    expect(await said(manifest())).toEqual([
      "THRESHOLD_NOT_MET /version demo-1.0.0 is signed by 1 of 2 persons.",
    ]);
  });

  test("of a key that nobody knows", async () => {
    await write("trust.json", { ...trust(), keys: [keys.Ada.trusted, keys.Server.trusted] });
    await sign("Bo");
    const found = await remarks("outrider.json", manifest());
    expect(found.map(({ code }) => code)).toEqual(["KEY_UNKNOWN", "THRESHOLD_NOT_MET"]);
  });

  test("of a key that is revoked, and of one that has expired", async () => {
    await write("trust.json", {
      ...trust(),
      revoked: { keys: [keys.Bo.trusted.primary] },
    });
    await sign("Ada", "Bo");
    expect(await said(manifest())).toEqual([
      "KEY_REVOKED /version demo-1.0.0 is signed by Bo, whose key is revoked.",
      "THRESHOLD_NOT_MET /version demo-1.0.0 is signed by 1 of 2 persons.",
    ]);
    const expired = { ...keys.Bo.trusted, notAfter: new Date(now.getTime() - 1).toISOString() };
    const document = trust();
    await write("trust.json", {
      ...document,
      keys: document.keys.map((key) => (key.fingerprint === expired.fingerprint ? expired : key)),
    });
    expect((await remarks("outrider.json", manifest())).map(({ code }) => code)).toEqual([
      "KEY_EXPIRED",
      "THRESHOLD_NOT_MET",
    ]);
  });
});

test("platforms that no variant fits", async () => {
  const variants = [
    { name: "linux", when: { os: ["linux"] }, files: [{ from: "app/**" }] },
    { name: "arm", when: { os: ["win32"], arch: ["arm64"] } },
  ];
  const platforms = ["linux-arm64", "win32-x64", "win32-arm64"];
  const value = { ...manifest(), variants, files: undefined, platforms };
  expect(await said(value)).toEqual([
    "VARIANT_NONE /platforms/1 No variant fits win32-x64: such machines refuse the package.",
  ]);
  expect(await said(manifest("1.0.0", { platforms }))).toEqual([]);
});

test("an attachment that is larger than a mail of the server: in how many parts it goes", async () => {
  const email = { from: "push@vendor.example", relays: [{ host: "127.0.0.1" }] };
  const server = (limits: object) => ({
    dataDirectory: "data",
    trustFile: "trust.json",
    key: { file: "server.asc" },
    listen: { port: 0 },
    transports: { email: { ...email, ...limits } },
  });
  await write("app/a.txt", randomBytes(3000).toString("hex"));
  const { archive } = (await build()) as unknown as { archive: { size: number } };
  const push = { package: "demo", audience: { groups: ["all"] }, delivery: "attach" };
  await write("outrider-server.json", server({ provider: "gmail" }));
  expect(await said(push, "a.push.json")).toEqual([]);
  await write("outrider-server.json", server({ maxAttachmentBytes: 1024 }));
  expect(await said(push, "a.push.json")).toEqual([
    `MESSAGE_LIMIT /delivery demo 1.0.0 has ${archive.size} bytes and a mail of this server takes 1024: it goes in ${Math.ceil(archive.size / 1024)} parts.`,
  ]);
  expect(await said({ ...push, delivery: "auto" }, "a.push.json")).toEqual([]);
});
