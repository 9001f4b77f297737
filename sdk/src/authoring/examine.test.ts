/** Push files, server configurations and trust documents among their neighbours: what is remarked, and where. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inEnglish } from "../errors/index.ts";
import { nodeFileSystem } from "../ports/index.ts";
import { kindOfFileName } from "../schema/index.ts";
import { examineAuthored } from "./examine.ts";
import { nextFirings } from "./push/events.ts";
import { findSurroundings } from "./surroundings.ts";

const now = new Date("2026-11-22T12:00:00Z");
const fingerprints = ["A", "B", "C"].map((letter) => letter.repeat(40)) as [string, string, string];
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "outrider-authoring-"));
});

afterEach(() => rm(top, { recursive: true, force: true }));

async function write(path: string, value: object | string): Promise<void> {
  await mkdir(dirname(join(top, path)), { recursive: true });
  await writeFile(join(top, path), typeof value === "string" ? value : JSON.stringify(value));
}

/** What is said of a file, a line each: `CODE /pointer sentence`. */
async function said(path: string, value: object): Promise<string[]> {
  await write(path, value);
  const file = join(top, path);
  const surroundings = await findSurroundings(file, { fileSystem: nodeFileSystem, now, top });
  const schema = kindOfFileName(path)?.schema ?? "";
  const remarks = await examineAuthored(schema, JSON.stringify(value), surroundings);
  return remarks.map(({ code, pointer, sentence }) => `${code} ${pointer} ${inEnglish(sentence)}`);
}

const server = {
  dataDirectory: "data",
  trustFile: "trust.json",
  key: { file: "server.asc" },
  listen: { port: 0 },
  transports: { email: { from: "push@vendor.example", relays: [{ host: "127.0.0.1" }] } },
  agents: [
    { id: "press-4", groups: ["hall-2"], addresses: { email: "press-4@vendor.example" } },
    { id: "ward-2", groups: ["wards"], addresses: { http: true } },
  ],
};

function trust(overrides: object = {}): object {
  const key = (fingerprint: string, owner: string, notAfter = "2030-01-01T00:00:00Z"): object => ({
    fingerprint,
    primary: fingerprint,
    owner,
    notAfter,
    packet: "mDMEaA==",
  });
  const [root, second, third] = fingerprints;
  return {
    type: "trust/1",
    version: 1,
    issuedAt: "2026-01-01T00:00:00Z",
    expiresAt: "2027-01-01T00:00:00Z",
    keys: [key(root, "Ada"), key(second, "Bo"), key(third, "Cy", "2026-12-01T00:00:00Z")],
    roles: {
      root: { keys: [root], threshold: 1 },
      server: { keys: [second], threshold: 1 },
      release: [{ packages: ["*"], keys: [root], threshold: 1 }],
      push: [{ groups: ["hall-*"], keys: [third], threshold: 1 }],
    },
    ...overrides,
  };
}

describe("a push file", () => {
  const push = (members: object): object => ({
    package: "press-control",
    audience: { groups: ["hall-2"] },
    ...members,
  });

  test("nothing to say", async () => {
    await write("outrider-server.json", server);
    await write("trust.json", trust());
    expect(await said("pushes/a.push.json", push({}))).toEqual([]);
  });

  test("groups and agents that the workspace's server does not know, and what was meant", async () => {
    await write("outrider-server.json", server);
    const value = push({
      audience: { groups: ["hal-2"], agents: ["nobody-at-all"] },
      rollout: { waves: [{ group: "wardz" }], transports: ["http", "stick"] },
    });
    expect(await said("a.push.json", value)).toEqual([
      "AUDIENCE_UNKNOWN /audience/groups/0 The server of this workspace has no agent in group hal-2.",
      "AUDIENCE_UNKNOWN /rollout/waves/0/group The server of this workspace has no agent in group wardz.",
      "AUDIENCE_UNKNOWN /audience/agents/0 The server of this workspace has no agent nobody-at-all.",
      "ADDRESS_INVALID /rollout/transports/1 The server of this workspace tells nobody by stick.",
    ]);
    const surroundings = await findSurroundings(join(top, "a.push.json"), {
      fileSystem: nodeFileSystem,
      now,
      top,
    });
    const [first] = await examineAuthored("push", JSON.stringify(value), surroundings);
    expect(first?.repairs?.[0]?.changes).toEqual([
      { kind: "write", pointer: "/audience/groups/0", value: "hall-2" },
    ]);
  });

  test("a group that nobody may push to", async () => {
    await write("trust.json", trust());
    expect(await said("a.push.json", push({ audience: { groups: ["wards"] } }))).toEqual([
      "KEY_ROLE /audience/groups/0 The trust document lets nobody push to group wards.",
    ]);
  });

  test("shares that do not rise, and windows that never open", async () => {
    const rollout = {
      waves: [{ share: 10 }, { share: 10 }, { share: 100 }],
      windows: [
        { from: "02:00", to: "02:00" },
        { from: "02:00", to: "04:00", timeZone: "Mars/Olympus" },
        { from: "22:00", to: "04:00", timeZone: "Europe/Berlin" },
      ],
    };
    expect(await said("a.push.json", push({ rollout }))).toEqual([
      "PLAN_INVALID /rollout/waves/1/share 10 % are reached already: shares are cumulative, so each must be larger than the one before.",
      "PLAN_INVALID /rollout/windows/0 This window never opens: it begins and ends at 02:00.",
      "PLAN_INVALID /rollout/windows/1 Mars/Olympus is no time zone of the IANA list, such as Europe/Berlin.",
    ]);
  });

  test("schedules that never fire, however deep", async () => {
    const on = {
      kind: "anyOf",
      of: [
        { kind: "schedule", cron: "0 3 * * *" },
        {
          kind: "allOf",
          withinSeconds: 60,
          of: [
            { kind: "schedule", cron: "0 0 31 2 *" },
            { kind: "watch", glob: "dist/**" },
          ],
        },
      ],
    };
    expect(await said("a.push.json", push({ on }))).toEqual([
      "CONFIG_INVALID /on/of/1/of/0/cron This schedule never fires: that time never comes.",
    ]);
  });

  test.each([
    ["every night", "/cron A schedule has five or six fields, such as 0 3 * * 1."],
    ["60 * * * * *", "/cron This schedule never fires: 60 is no second, 0 to 59."],
    ["0-61 * * * *", "/cron This schedule never fires: 0-61 is no minute, 0 to 59."],
    ["0 24 * * *", "/cron This schedule never fires: 24 is no hour, 0 to 23."],
    ["0 0 32 * *", "/cron This schedule never fires: 32 is no day of the month, 1 to 31 or L."],
    ["0 0 * MAYBE *", "/cron This schedule never fires: MAYBE is no month, 1 to 12 or JAN to DEC."],
    [
      "0 0 * * 9",
      "/cron This schedule never fires: 9 is no day of the week, 0 to 7 or SUN to SAT.",
    ],
  ])("the schedule %s: which field is wrong", async (cron, sentence) => {
    expect(await said("a.push.json", push({ on: { kind: "schedule", cron } }))).toEqual([
      `CONFIG_INVALID /on${sentence}`,
    ]);
  });

  test("a schedule in a time zone that is none", async () => {
    const on = { kind: "schedule", cron: "0 3 * * *", timeZone: "Mars/Olympus" };
    expect(await said("a.push.json", push({ on }))).toEqual([
      "CONFIG_INVALID /on/timeZone Mars/Olympus is no time zone of the IANA list, such as Europe/Berlin.",
    ]);
  });

  test("the next firings, month-end among them", () => {
    const firings = nextFirings({ kind: "schedule", cron: "0 3 L * *" }, now, 3);
    expect(firings.map((at) => at.toISOString())).toEqual([
      "2026-11-30T03:00:00.000Z",
      "2026-12-31T03:00:00.000Z",
      "2027-01-31T03:00:00.000Z",
    ]);
    expect(nextFirings({ kind: "schedule", cron: "0 0 31 2 *" }, now, 3)).toEqual([]);
  });
});

describe("a server's configuration", () => {
  beforeEach(async () => {
    await write("server.asc", "");
    await write("trust.json", trust());
  });

  test("nothing to say", async () => {
    expect(await said("outrider-server.json", server)).toEqual([]);
  });

  test("files that are not there, agents that cannot be written to", async () => {
    const [press, ward] = server.agents;
    const value = {
      ...server,
      key: { file: "gone.asc" },
      agents: [
        press,
        { ...ward, id: "press-4" },
        { id: "ship-3", groups: ["ships"], addresses: { unc: true, email: "b@c <evil@e>" } },
      ],
    };
    expect(await said("outrider-server.json", value)).toEqual([
      "FILE_MISSING /key/file There is no file gone.asc.",
      "CONFIG_INVALID /agents/1/id There is another agent press-4.",
      expect.stringMatching(
        /^ADDRESS_INVALID \/agents\/2\/addresses\/email Nothing is ever sent there: The mail address "b@c/,
      ),
      "CONFIG_INVALID /agents/2/addresses/unc This server has no transport unc: it cannot reach ship-3 by it.",
    ]);
  });

  test.each([
    ["D".repeat(40), /^KEY_UNKNOWN \/key\/gpg /],
    [fingerprints[0], /^KEY_ROLE \/key\/gpg .* act as a server/],
  ])("the key %s of gpg-agent", async (gpg, remark) => {
    expect(await said("outrider-server.json", { ...server, key: { gpg } })).toEqual([
      expect.stringMatching(remark),
    ]);
  });
});

describe("a trust document", () => {
  test("a key that expires soon is said", async () => {
    expect(await said("trust.json", trust())).toEqual([
      "KEY_EXPIRED /keys/2/notAfter The key of Cy expires on 2026-12-01.",
    ]);
  });

  test("revoked, unknown, expired, and a threshold that nobody can meet", async () => {
    const [root, second, third] = fingerprints;
    const value = trust({
      expiresAt: "2026-11-01T00:00:00Z",
      revoked: { keys: [second] },
      roles: {
        root: { keys: [root], threshold: 2 },
        server: { keys: [second], threshold: 1 },
        release: [{ packages: ["*"], keys: [root, "D".repeat(40)], threshold: 1 }],
        push: [{ groups: ["*"], keys: [third], threshold: 1 }],
      },
    });
    expect(await said("trust.json", value)).toEqual([
      "TRUST_EXPIRED /expiresAt This version authorises nothing any more: make the next one.",
      "KEY_REVOKED /keys/1/notAfter The key of Bo is revoked and counts no more.",
      "KEY_EXPIRED /keys/2/notAfter The key of Cy expires on 2026-12-01.",
      "THRESHOLD_NOT_MET /roles/root/threshold Persons that must sign for root: 2; persons whose key counts: 1.",
      "THRESHOLD_NOT_MET /roles/server/threshold Persons that must sign for server: 1; persons whose key counts: 0.",
      `KEY_UNKNOWN /roles/release/0/keys/1 No key of this document has the fingerprint ${"D".repeat(40)}.`,
    ]);
  });
});

test("neighbours are looked for up to the workspace and no further; two of a kind say nothing", async () => {
  await write("outrider-server.json", server);
  await write("inner/a.server.json", server);
  await write("inner/b.server.json", server);
  const around = (file: string, upTo: string) =>
    findSurroundings(join(top, file), { fileSystem: nodeFileSystem, now, top: join(top, upTo) });
  expect((await around("pushes/deep/x.push.json", "")).server?.path).toBe(
    join(top, "outrider-server.json"),
  );
  expect((await around("pushes/deep/x.push.json", "pushes")).server).toBeUndefined();
  expect((await around("inner/x.push.json", "")).server).toBeUndefined();
});
