/** What people do with a server from the command line: push and wait, look, steer, recall, register, audit, wake it. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import { makeKey, makePackage, makeTrust, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop, type Outcome } from "./support/workshop.ts";

const nowhere = "22308cd7-3960-463b-af2e-46774daee257";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let ben: KeyFiles;
let url: string;
beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  ben = await makeKey(workshop, "ben");
  await workshop.done("trust", "add-key", ben.publicKey, "--role", "push", "--group", "*");
  await workshop.done("trust", "sign", "--key", keys.root.secretKey);
  await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
  const agent = await makeAgent(
    workshop,
    "ship-1",
    { unc: true },
    {
      receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
      obtain: { unc: { roots: ["share"] } },
      receipts: [{ kind: "unc", root: "share" }],
    },
  );
  await workshop.write("share/README.txt", "");
  await workshop.write("agents.json", [
    agent,
    { id: "ship-2", groups: ["ships"], addresses: { unc: true } },
  ]);
  await makeServer(workshop, keys.server, { transports: { unc: { root: "share" } } });
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
  url = await workshop.begin("serve").says(/^http:\S+$/m);
});
afterAll(() => workshop.close());

const push = (...more: readonly string[]): string[] => [
  "push",
  "--package",
  packageFolder,
  "--server",
  url,
  "--key",
  keys.ada.secretKey,
  ...more,
];

async function pushed(...more: readonly string[]): Promise<string> {
  return (await workshop.json<{ deployment: string }>(...push(...more))).deployment;
}

async function steer(action: string, id: string, key: KeyFiles = keys.ada): Promise<Outcome> {
  return workshop.run([
    action,
    id,
    "--reason",
    "as a test",
    "--server",
    url,
    "--key",
    key.secretKey,
  ]);
}

async function stateOf(id: string): Promise<string> {
  const { state } = await workshop.json<{ state: string }>("status", id, "--server", url);
  return state;
}

describe("push", () => {
  test("--dry-run shows the order and sends nothing", async () => {
    const { exit, stdout } = await workshop.run([
      ...push("--group", "ships", "--dry-run", "--reason", "month-end"),
      "--json",
    ]);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      type: "trigger/1",
      package: { name: "press-control", version: "3.0.0" },
      audience: { groups: ["ships"] },
      event: { kind: "manual", detail: "month-end" },
    });
    expect(await workshop.json("status", "--server", url)).toEqual([]);
  });

  test("--wait shows the progress until everybody has it", async () => {
    const ship = workshop.begin("agent", "run", "ship-1.json");
    const { exit, stdout, stderr } = await workshop.run(push("--agent", "ship-1", "--wait"));
    await ship.stop();
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(stderr).toMatch(/^Deployment [0-9a-f-]{36} of press-control 3\.0\.0 accepted\.$/m);
    expect(stdout).toMatch(/^finished: .*; 1 of 1 installed$/m);
    expect(stdout).toMatch(/^all +finished +1$/m);
  });

  test("--wait fails when the deployment does not go on", async () => {
    const waiting = workshop.run(push("--agent", "ship-2", "--wait"));
    const [shown] = await until(
      () =>
        workshop.json<{ deployment: { id: string }; state: string }[]>("status", "--server", url),
      ([first]) => first?.state === "running",
    );
    await steer("halt", shown?.deployment.id ?? "");
    const { exit, stdout } = await waiting;
    expect(exit).toBe(1);
    expect(stdout).toContain("halted: as a test; 0 of 1 installed");
  });

  test("an interrupted --wait leaves the deployment as it is", async () => {
    const waiting = workshop.begin(...push("--agent", "ship-2", "--wait"));
    await waiting.says(/^running/m);
    const { exit, stderr } = await waiting.stop();
    expect(exit).toBe(130);
    const id = /^Deployment (\S+) of/m.exec(stderr)?.[1] ?? "";
    expect(stderr).toContain(`It goes on: outrider status ${id}`);
    expect(await stateOf(id)).toBe("running");
  });

  test("a refusal is the server's own", async () => {
    const { exit, stderr } = await workshop.run(push("--group", "nobody"));
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error AUDIENCE_UNKNOWN: group nobody, in the audience/);
    const stranger = await makeKey(workshop, "stranger");
    const argv = push("--group", "ships");
    argv[argv.indexOf(keys.ada.secretKey)] = stranger.secretKey;
    const refused = await workshop.run(argv);
    expect(refused.stderr).toMatch(/^error KEY_UNKNOWN: /);
  });
});

async function until<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("steering", () => {
  test("pause, resume, halt", async () => {
    const id = await pushed("--agent", "ship-2");
    for (const [action, state] of [
      ["pause", "paused"],
      ["resume", "running"],
      ["halt", "halted"],
    ] as const) {
      expect(await steer(action, id)).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining(`Deployment ${id} is `),
      });
      expect(await stateOf(id)).toBe(state);
    }
    expect(await steer("resume", id)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error DEPLOYMENT_STATE: /m),
    });
  });

  test("approval takes a second person", async () => {
    await workshop.write("two.push.json", {
      package: "press-control",
      audience: { agents: ["ship-2"] },
      rollout: { approval: true },
    });
    const id = await pushed("two.push.json");
    expect(await stateOf(id)).toBe("waiting");
    expect(await steer("approve", id)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error THRESHOLD_NOT_MET: /m),
    });
    expect((await steer("approve", id, ben)).exit).toBe(0);
    expect(await stateOf(id)).toBe("running");
  });

  test("a recall names the release; it is in the catalog from then on", async () => {
    await workshop.done("sign", await makePackage(workshop, "3.6.6"), "--key", keys.ada.secretKey);
    await workshop.done("publish", "dist/press-control-3.6.6");
    const id = await pushed("--agent", "ship-2", "--package", "dist/press-control-3.6.6");
    const { exit, stderr } = await steer("recall", id);
    expect(exit).toBe(0);
    expect(stderr).toMatch(
      /Signing: recall deployment .*, press-control 3\.6\.6, manifest [0-9a-f]{64}/,
    );
    const again = await workshop.run([
      ...push("--agent", "ship-2", "--package", "dist/press-control-3.6.6"),
    ]);
    expect(again.stderr).toMatch(/^error RECALLED: /m);
  });

  test.for(["approve", "pause", "resume", "halt", "recall"])(
    "%s: a deployment that nobody knows",
    async (action) => {
      expect(await steer(action, nowhere)).toMatchObject({
        exit: 1,
        stderr: expect.stringMatching(/^error DEPLOYMENT_UNKNOWN: /m),
      });
    },
  );
});

describe("status", () => {
  test("a table of deployments, and of the waves of one", async () => {
    const id = await pushed("--agent", "ship-2");
    const list = await workshop.done("status", "--server", url);
    expect(list).toMatch(new RegExp(`^${id} +press-control 3\\.0\\.0 +running +0 of 1 `, "m"));
    const one = await workshop.done("status", id, "--server", url);
    expect(one).toContain(`press-control 3.0.0, deployment ${id}\nrunning`);
    expect(one).toMatch(/^all +(running|waiting) +1$/m);
  });

  test("--watch tells every change and ends with the deployment", async () => {
    const id = await pushed("--agent", "ship-2");
    const watching = workshop.begin("status", id, "--watch", "--server", url, "--json");
    await watching.says(/"state":"running".*"sent":1/);
    await steer("halt", id);
    await watching.says(/"state":"halted"/);
    const { exit, stdout } = await watching.ended();
    expect(exit).toBe(0);
    for (const line of stdout.trimEnd().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ deployment: { id } });
  });

  test("a server that is none, or does not answer, or wants a token", async () => {
    expect(await workshop.run(["status"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--server URL"),
    });
    expect(await workshop.run(["status", "--server", "ftp://x"])).toMatchObject({ exit: 2 });
    expect(
      await workshop.run(["status"], { environment: { OUTRIDER_SERVER: "http://127.0.0.1:9" } }),
    ).toMatchObject({
      exit: 3,
      stderr: expect.stringMatching(
        /^error UNAVAILABLE: http:\/\/127\.0\.0\.1:9\/deployments does not answer/,
      ),
    });
    expect(await workshop.run(["status", "--server", `${url}nowhere/`])).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("it may not be a server of Outrider"),
    });
  });

  test("with a token", async () => {
    await workshop.write("token.txt", "a-token-of-thirty-two-characters\n");
    const config = JSON.parse(await workshop.read("outrider-server.json")) as { listen: object };
    await workshop.write("guarded.json", {
      ...config,
      dataDirectory: "guarded",
      listen: { ...config.listen, tokenFile: "token.txt" },
    });
    const guarded = await workshop.begin("serve", "guarded.json").says(/^http:\S+$/m);
    expect(await workshop.run(["status", "--server", guarded])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--token-file FILE"),
    });
    expect(await workshop.done("status", "--server", guarded, "--token-file", "token.txt")).toBe(
      "No deployments.\n",
    );
  });
});

describe("agents", () => {
  test("from a table; any other column is a fact", async () => {
    await workshop.write(
      "machines.csv",
      'id,groups,email,unc,hall,note\r\nship-7,"ships, north",ship-7@hall.test,yes,2,"says ""hello"""\r\n\r\nship-8,ships,,yes,,\r\n'.replace(
        "ships, north",
        "ships north",
      ),
    );
    expect(await workshop.done("agents", "import", "machines.csv")).toBe("2 agents registered.\n");
    const list = await workshop.json<{ id: string }[]>("agents", "list");
    expect(list).toContainEqual({
      id: "ship-7",
      groups: ["ships", "north"],
      addresses: { email: "ship-7@hall.test", unc: true },
      facts: { hall: "2", note: 'says "hello"' },
    });
    expect(await workshop.done("agents", "list", "--group", "north")).toMatch(
      /^ship-7 +ships, north +email ship-7@hall\.test, unc +not enrolled$/m,
    );
  });

  test.for([
    [
      "an unknown member",
      "bad.json",
      '[\n  {"id": "ship-9", "groups": [], "addresses": {"unc": true}, "colour": 1}\n]',
      "bad.json:2:",
      "/0/colour",
    ],
    [
      "a wrong type",
      "bad.json",
      '[\n  {"id": 9, "groups": [], "addresses": {"unc": true}}]',
      "bad.json:2:4",
      "/0/id",
    ],
    ["no list", "bad.json", '{"agents": []}', "bad.json:1:1", "a list of agents is needed"],
    [
      "an agent twice",
      "bad.csv",
      "id,groups,unc\na,x,yes\na,x,yes\n",
      "bad.csv",
      "the agent a twice",
    ],
    [
      "a row without an address",
      "bad.csv",
      "id,groups,unc\na,x,yes\nb,x,\n",
      "bad.csv:3:1",
      "/addresses",
    ],
    ["an open quote", "bad.csv", 'id,groups,unc\na,"x,yes\n', "bad.csv:2:1", "quote"],
  ])("%s: nobody is registered", async ([, file = "", text = "", ...names]) => {
    await workshop.write(file, text);
    const before = await workshop.json("agents", "list");
    const { exit, stderr } = await workshop.run(["agents", "import", file]);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error DOCUMENT_INVALID: /);
    for (const name of names) expect(stderr).toContain(name);
    expect(await workshop.json("agents", "list")).toEqual(before);
  });
});

describe("plan", () => {
  test("waves, ways and times, from the same planner as the server's", async () => {
    await workshop.write("planned.push.json", {
      package: "press-control",
      audience: { agents: ["ship-1", "ship-2"] },
      rollout: { waves: [{ share: 50, soakSeconds: 7200 }, { share: 100 }] },
    });
    const argv = ["plan", "planned.push.json", "--package", packageFolder];
    const { agents, rows } = await workshop.json<{ agents: number; rows: object[] }>(...argv);
    expect(agents).toBe(2);
    expect(rows).toMatchObject([
      { transport: "unc", recipients: 1, attach: false, fromMs: 0 },
      { transport: "unc", recipients: 1, attach: false, fromMs: 7_200_000 },
    ]);
    expect(await workshop.done(...argv)).toMatch(/unc +1 +1 +offered +2\.0 h +2\.0 h$/m);
  });

  test("a picture of it", async () => {
    const { exit, stderr } = await workshop.run([
      "plan",
      "planned.push.json",
      "--package",
      packageFolder,
      "--svg",
      "plan.svg",
    ]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "Picture in plan.svg.\n" });
    expect(await workshop.read("plan.svg")).toMatch(/^<svg [^>]*>.*2 machines in 2 waves/);
  });

  test("ahead, for machines that nobody has registered, without a server", async () => {
    const argv = ["plan", "planned.push.json", "--recipients", "5000", "--config", "none.json"];
    const { agents, rows } = await workshop.json<{ agents: number; rows: object[] }>(...argv);
    expect(agents).toBe(5000);
    expect(rows).toMatchObject([{ transport: "email", recipients: 2500, attach: true }, {}]);
    const gmail = await workshop.json<{ rows: { toMs: number }[] }>(...argv, "--profile", "gmail");
    expect(gmail.rows[1]!.toMs).toBeGreaterThan(8 * 3_600_000);
  });

  test("simulated: times, pauses and what saturates first, the same for the same seed", async () => {
    const argv = ["plan", "planned.push.json", "--recipients", "2000", "--simulate"];
    const good = await workshop.done(
      ...argv,
      "--failing",
      "0",
      "--silent",
      "0",
      "--offline",
      "0",
      "--svg",
      "sim.svg",
    );
    expect(good).toMatch(/^Simulated 2.000 machines, seed 1: finished, every wave is done\.$/m);
    expect(good).toMatch(/^installed( +[\d.]+ (s|min|h|d)){3}$/m);
    expect(good).toMatch(/^relay, messages +/m);
    expect(await workshop.read("sim.svg")).toContain("</svg>");
    const bad = await workshop.json<{ simulation: { state: string; pauses: object[] } }>(
      ...argv,
      "--failing",
      "30",
    );
    expect(bad.simulation).toMatchObject({ state: "paused", pauses: [{ told: 1000 }] });
    expect(await workshop.json(...argv, "--failing", "30", "--seed", "1")).toMatchObject({
      simulation: bad.simulation,
    });
  });

  test.each([
    [["plan"], "--package, or --recipients"],
    [["plan", "--recipients", "0"], "plans for nobody"],
    [["plan", "--recipients", "10", "--failing", "101"], "from 0 to 100"],
    [["plan", "--recipients", "10", "--profile", "pigeon"], "Allowed choices"],
  ])("%j: said at once", async (argv, words) => {
    expect(await workshop.run(argv)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(words),
    });
  });

  test("nobody", async () => {
    const { exit, stderr } = await workshop.run([
      "plan",
      "--package",
      packageFolder,
      "--group",
      "nobody",
    ]);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error AUDIENCE_UNKNOWN: /);
  });
});

describe("audit", () => {
  test("shows what came, and proves that nothing was changed", async () => {
    await workshop.run(push("--group", "nobody"));
    const shown = await workshop.done("audit", "show", "--refused", "--last", "1");
    expect(shown).toMatch(/trigger +http +refused +AUDIENCE_UNKNOWN/);
    const { head, entries } = await workshop.json<{ head: string; entries: number }>(
      "audit",
      "verify",
    );
    expect(entries).toBeGreaterThan(1);
    expect(await workshop.done("audit", "verify", "--head", head)).toContain("holds together");
    const whole = await workshop.read("server/audit.jsonl");
    await workshop.edit("server/audit.jsonl", "AUDIENCE_UNKNOWN", "AUDIENCE_UNKNOWM");
    const changed = await workshop.run(["audit", "verify"]);
    await workshop.write("server/audit.jsonl", whole);
    expect(changed).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error AUDIT_BROKEN: Line \d+ of /),
    });
    const cut = await workshop.run(["audit", "verify", "--head", "1".repeat(64)]);
    expect(cut).toMatchObject({ exit: 1, stderr: expect.stringContaining("the end was cut off") });
  });
});

describe("trigger receive", () => {
  test("the dormant server: accepted and sent, ignored, refused", async () => {
    verifies("ways-in");
    const config = JSON.parse(await workshop.read("outrider-server.json")) as object;
    await workshop.write("dormant.json", {
      ...config,
      dataDirectory: "dormant",
      transports: { unc: { root: "other" } },
    });
    await workshop.write("other/README.txt", "");
    await workshop.done("publish", packageFolder, "--config", "dormant.json");
    await workshop.done("agents", "import", "agents.json", "--config", "dormant.json");
    await workshop.done(...push("--agent", "ship-1", "--out", "order.json"));
    const order = await readFile(workshop.path("order.json"));
    const receive = ["trigger", "receive", "dormant.json"];
    expect(await workshop.run(receive, { stdin: "Subject: Lunch" })).toMatchObject({
      exit: 0,
      stdout: "Ignored: not a message of ours.\n",
    });
    expect(await workshop.run(receive, { stdin: order })).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^Deployment \S+ accepted/),
    });
    expect(await workshop.read("other/catalog.json")).toContain("catalog/1");
    expect(await workshop.run(receive, { stdin: order })).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error REPLAYED: /),
    });
    expect(await workshop.run(receive, { stdin: Buffer.alloc(1_000_000, "x") })).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error DOCUMENT_TOO_LARGE: Standard input/),
    });
  });

  test("not beside a server that runs", async () => {
    const config = JSON.parse(await workshop.read("outrider-server.json")) as object;
    await workshop.write("running.json", {
      ...config,
      listen: { port: Number(new URL(url).port) },
    });
    expect(
      await workshop.run(["trigger", "receive", "running.json"], { stdin: "x" }),
    ).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^error PORT_BUSY: /) });
  });
});

test("trust recall takes a release back for good", async () => {
  await workshop.done("sign", await makePackage(workshop, "3.9.9"), "--key", keys.ada.secretKey);
  const folder = "dist/press-control-3.9.9";
  const { manifestSha256 } = await workshop.json<{ manifestSha256: string }>("inspect", folder);
  expect(await workshop.done("trust", "recall", folder)).toContain(
    `Manifest ${manifestSha256} is recalled.`,
  );
  await workshop.done("trust", "sign", "--key", keys.root.secretKey);
  const { exit, stdout } = await workshop.run(["verify", folder, "--json"]);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: "RECALLED" });
});
