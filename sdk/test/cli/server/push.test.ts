/** Orders from the command line: to a server that runs, and to one that is started by them. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { verifies } from "../../support/verifies.ts";
import { servedWorkshop } from "../support/served-workshop.ts";
import { makeKey, packageFolder } from "../support/vendor.ts";

const ground = servedWorkshop();
const { push, stateOf, steer } = ground;

describe("push", () => {
  test("--dry-run shows the order and sends nothing", async () => {
    const { exit, stdout } = await ground.workshop.run([
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
    expect(await ground.workshop.json("status", "--server", ground.url)).toEqual([]);
  });

  test("--wait shows the progress until everybody has it", async () => {
    const ship = ground.workshop.begin("agent", "run", "ship-1.json");
    const { exit, stdout, stderr } = await ground.workshop.run(push("--agent", "ship-1", "--wait"));
    await ship.stop();
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(stderr).toMatch(/^Deployment [0-9a-f-]{36} of press-control 3\.0\.0 accepted\.$/m);
    expect(stdout).toMatch(/^finished: .*; 1 of 1 installed$/m);
    expect(stdout).toMatch(/^all +finished +1$/m);
  });

  test("--wait fails when the deployment does not go on", async () => {
    const waiting = ground.workshop.run(push("--agent", "ship-2", "--wait"));
    const [shown] = await until(
      () =>
        ground.workshop.json<{ deployment: { id: string }; state: string }[]>(
          "status",
          "--server",
          ground.url,
        ),
      ([first]) => first?.state === "running",
    );
    await steer("halt", shown?.deployment.id ?? "");
    const { exit, stdout } = await waiting;
    expect(exit).toBe(1);
    expect(stdout).toContain("halted: as a test; 0 of 1 installed");
  });

  test("an interrupted --wait leaves the deployment as it is", async () => {
    const waiting = ground.workshop.begin(...push("--agent", "ship-2", "--wait"));
    await waiting.says(/^running/m);
    const { exit, stderr } = await waiting.stop();
    expect(exit).toBe(130);
    const id = /^Deployment (\S+) of/m.exec(stderr)?.[1] ?? "";
    expect(stderr).toContain(`It goes on: outrider status ${id}`);
    expect(await stateOf(id)).toBe("running");
  });

  test("a refusal is the server's own", async () => {
    const { exit, stderr } = await ground.workshop.run(push("--group", "nobody"));
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^error AUDIENCE_UNKNOWN: group nobody, in the audience/);
    const stranger = await makeKey(ground.workshop, "stranger");
    const argv = push("--group", "ships");
    argv[argv.indexOf(ground.keys.ada.secretKey)] = stranger.secretKey;
    const refused = await ground.workshop.run(argv);
    expect(refused.stderr).toMatch(/^error KEY_UNKNOWN: /);
  });
});

describe("trigger receive", () => {
  test("the dormant server: accepted and sent, ignored, refused", async () => {
    verifies("ways-in");
    const config = JSON.parse(await ground.workshop.read("outrider-server.json")) as object;
    await ground.workshop.write("dormant.json", {
      ...config,
      dataDirectory: "dormant",
      transports: { unc: { root: "other" } },
    });
    await ground.workshop.write("other/README.txt", "");
    await ground.workshop.done("publish", packageFolder, "--config", "dormant.json");
    await ground.workshop.done("agents", "import", "agents.json", "--config", "dormant.json");
    await ground.workshop.done(...push("--agent", "ship-1", "--out", "order.json"));
    const order = await readFile(ground.workshop.path("order.json"));
    const receive = ["trigger", "receive", "dormant.json"];
    expect(await ground.workshop.run(receive, { stdin: "Subject: Lunch" })).toMatchObject({
      exit: 0,
      stdout: "Ignored: not a message of ours.\n",
    });
    expect(await ground.workshop.run(receive, { stdin: order })).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^Deployment \S+ accepted/),
    });
    expect(await ground.workshop.read("other/catalog.json")).toContain("catalog/1");
    expect(await ground.workshop.run(receive, { stdin: order })).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error REPLAYED: /),
    });
    expect(
      await ground.workshop.run(receive, { stdin: Buffer.alloc(1_000_000, "x") }),
    ).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error DOCUMENT_TOO_LARGE: Standard input/),
    });
  });

  test("not beside a server that runs", async () => {
    const config = JSON.parse(await ground.workshop.read("outrider-server.json")) as object;
    await ground.workshop.write("running.json", {
      ...config,
      listen: { port: Number(new URL(ground.url).port) },
    });
    expect(
      await ground.workshop.run(["trigger", "receive", "running.json"], { stdin: "x" }),
    ).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^error PORT_BUSY: /) });
  });
});

async function until<T>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
