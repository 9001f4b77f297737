/** The list of agents, and what is planned for those on it, from the command line. */
import { describe, expect, test } from "vitest";
import { servedWorkshop } from "../support/served-workshop.ts";
import { packageFolder } from "../support/vendor.ts";

const ground = servedWorkshop();

describe("agents", () => {
  test("from a table; any other column is a fact", async () => {
    await ground.workshop.write(
      "machines.csv",
      'id,groups,email,unc,hall,note\r\nship-7,"ships, north",ship-7@hall.test,yes,2,"says ""hello"""\r\n\r\nship-8,ships,,yes,,\r\n'.replace(
        "ships, north",
        "ships north",
      ),
    );
    expect(await ground.workshop.done("agents", "import", "machines.csv")).toBe(
      "2 agents registered.\n",
    );
    const list = await ground.workshop.json<{ id: string }[]>("agents", "list");
    expect(list).toContainEqual(
      expect.objectContaining({
        id: "ship-7",
        groups: ["ships", "north"],
        addresses: { email: "ship-7@hall.test", unc: true },
        facts: { hall: "2", note: 'says "hello"' },
      }),
    );
    expect(await ground.workshop.done("agents", "list", "--group", "north")).toMatch(
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
    await ground.workshop.write(file, text);
    const before = await ground.workshop.json("agents", "list");
    const { exit, stderr } = await ground.workshop.run(["agents", "import", file]);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error DOCUMENT_INVALID: /);
    for (const name of names) expect(stderr).toContain(name);
    expect(await ground.workshop.json("agents", "list")).toEqual(before);
  });
});

describe("plan", () => {
  test("waves, ways and times, from the same planner as the server's", async () => {
    await ground.workshop.write("planned.push.json", {
      package: "press-control",
      audience: { agents: ["ship-1", "ship-2"] },
      rollout: { waves: [{ share: 50, soakSeconds: 7200 }, { share: 100 }] },
    });
    const argv = ["plan", "planned.push.json", "--package", packageFolder];
    const { agents, rows } = await ground.workshop.json<{ agents: number; rows: object[] }>(
      ...argv,
    );
    expect(agents).toBe(2);
    expect(rows).toMatchObject([
      { transport: "unc", recipients: 1, attach: false, fromMs: 0 },
      { transport: "unc", recipients: 1, attach: false, fromMs: 7_200_000 },
    ]);
    expect(await ground.workshop.done(...argv)).toMatch(/unc +1 +1 +offered +2\.0 h +2\.0 h$/m);
  });

  test("a picture of it", async () => {
    const { exit, stderr } = await ground.workshop.run([
      "plan",
      "planned.push.json",
      "--package",
      packageFolder,
      "--svg",
      "plan.svg",
    ]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "Picture in plan.svg.\n" });
    expect(await ground.workshop.read("plan.svg")).toMatch(/^<svg [^>]*>.*2 machines in 2 waves/);
  });

  test("ahead, for machines that nobody has registered, without a server", async () => {
    const argv = ["plan", "planned.push.json", "--recipients", "5000", "--config", "none.json"];
    const { agents, rows } = await ground.workshop.json<{ agents: number; rows: object[] }>(
      ...argv,
    );
    expect(agents).toBe(5000);
    expect(rows).toMatchObject([{ transport: "email", recipients: 2500, attach: true }, {}]);
    const gmail = await ground.workshop.json<{ rows: { toMs: number }[] }>(
      ...argv,
      "--profile",
      "gmail",
    );
    expect(gmail.rows[1]!.toMs).toBeGreaterThan(8 * 3_600_000);
  });

  test("simulated: times, pauses and what saturates first, the same for the same seed", async () => {
    const argv = ["plan", "planned.push.json", "--recipients", "2000", "--simulate"];
    const good = await ground.workshop.done(
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
    expect(await ground.workshop.read("sim.svg")).toContain("</svg>");
    const bad = await ground.workshop.json<{ simulation: { state: string; pauses: object[] } }>(
      ...argv,
      "--failing",
      "30",
    );
    expect(bad.simulation).toMatchObject({ state: "paused", pauses: [{ told: 1000 }] });
    expect(await ground.workshop.json(...argv, "--failing", "30", "--seed", "1")).toMatchObject({
      simulation: bad.simulation,
    });
  });

  test.each([
    [["plan"], "--package, or --recipients"],
    [["plan", "--recipients", "0"], "plans for nobody"],
    [["plan", "--recipients", "10", "--failing", "101"], "from 0 to 100"],
    [["plan", "--recipients", "10", "--profile", "pigeon"], "Allowed choices"],
  ])("%j: said at once", async (argv, words) => {
    expect(await ground.workshop.run(argv)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(words),
    });
  });

  test("nobody", async () => {
    const { exit, stderr } = await ground.workshop.run([
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
