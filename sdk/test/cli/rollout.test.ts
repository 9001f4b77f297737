/**
 * A rollout over 200 agents, as the person who watches it sees it: a server and `status --watch` are programs of their
 * own, the agents live in this process.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifies } from "../support/verifies.ts";
import { makeServer } from "./support/fleet.ts";
import { SimulatedAgents } from "./support/simulated-agents.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let url: string;
const agents = new SimulatedAgents(200, (index) => (index < 5 ? ["tills", "canary"] : ["tills"]));

beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeVendor(workshop);
  await workshop.write("agents.json", agents.registered);
  await makeServer(workshop, keys.server, {});
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
  url = await workshop.start("serve").says(/^http:\S+$/m);
});
afterAll(async () => {
  await agents.close();
  await workshop.close();
});

test("C1 canary, a pause of its own over failure and silence, resumed, finished: shown by status --watch", async () => {
  verifies("step-66-delay");
  const common = { errorThreshold: 2, successThreshold: 90 };
  await workshop.write("all.push.json", {
    package: "press-control",
    audience: { groups: ["tills"] },
    rollout: {
      waves: [
        { group: "canary", ...common, soakSeconds: 1 },
        { share: 50, ...common, soakSeconds: 18, deadlineSeconds: 15 }, // to answer, on any machine
        { share: 100, ...common },
      ],
    },
  });
  const { deployment } = await workshop.json<{ deployment: string }>(
    "push",
    "all.push.json",
    "--package",
    packageFolder,
    "--server",
    url,
    "--key",
    keys.ada.secretKey,
  );
  // In the second wave one goes back to the old release, and one is never heard of again.
  const conducts = new Map<string, "rolledBack" | "silent">();
  agents.live(url, deployment, (agent, wave) => {
    if (wave === 1 && conducts.size < 2)
      conducts.set(agent, conducts.size === 0 ? "rolledBack" : "silent");
    return conducts.get(agent) ?? "installed";
  });

  const watching = workshop.start("status", deployment, "--watch", "--server", url);
  await watching.says(/^paused: /m);
  const paused = await workshop.json<{ state: string; reason: string; waves: { state: string }[] }>(
    "status",
    deployment,
    "--server",
    url,
  );
  expect(paused).toMatchObject({
    state: "paused",
    reason: "wave 50%: 1 failed and 1 did not answer, of 95: more than 2 %",
    waves: [{ state: "finished" }, { state: "paused" }, { state: "waiting" }],
  });

  const shown = await workshop.done("status", deployment, "--server", url);
  const [[back = ""] = [], [silent = ""] = []] = conducts;
  expect(shown).toMatch(new RegExp(`^${back} +50% +http +rolledBack +\\S+Z  HEALTH_FAILED$`, "m"));
  expect(shown).toMatch(new RegExp(`^${silent} +50% +http +noAnswer +\\S+Z  \\S`, "m"));
  const named = (...state: string[]): Promise<{ agent: string }[]> =>
    workshop.json("status", deployment, "--agents", ...state, "--server", url);
  expect((await named("noAnswer")).map(({ agent }) => agent)).toEqual([silent]);
  expect(await named()).toHaveLength(200);

  await workshop.done(
    "resume",
    deployment,
    "--reason",
    "both tills are known",
    "--server",
    url,
    "--key",
    keys.ada.secretKey,
  );
  const { exit } = await watching.ended();
  expect(exit).toBe(0);
  const lines = watching.stdout.split("\n");
  const inOrder = [
    /^press-control 3\.0\.0, deployment [0-9a-f-]{36}$/,
    /^wave canary by http, (running|finished): 5 of 5 installed$/,
    /^wave 50% by http, (running|paused): 93 of 95 installed, 1 rolled back, 1 silent$/,
    /^wave 100% by http, finished: 100 of 100 installed$/,
  ];
  const places = inOrder.map((line) => lines.findIndex((text) => line.test(text)));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  expect(lines).toContain(
    "paused: wave 50%: 1 failed and 1 did not answer, of 95: more than 2 %; 98 of 200 installed",
  );
  expect(lines).toContain("finished: every wave is done; 198 of 200 installed");
  expect(lines.filter((line) => line.startsWith("running: both tills are known"))).not.toEqual([]);
  // While the canaries were on trial, and while it was paused, nobody else was told.
  const first = lines.findIndex((line) => /^wave 50% by http, (running|paused)/.test(line));
  expect(first).toBeGreaterThan(places[1]!);
  expect(watching.stdout).toMatch(/^100% +finished +100 +0 +0$/m);
});
