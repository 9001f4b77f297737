/** People steer deployments, and take a release back, from the command line. */
import { describe, expect, test } from "vitest";
import { servedWorkshop } from "../support/served-workshop.ts";
import { makePackage } from "../support/vendor.ts";

const ground = servedWorkshop();
const { push, pushed, stateOf, steer } = ground;
const nowhere = "22308cd7-3960-463b-af2e-46774daee257";

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
    await ground.workshop.write("two.push.json", {
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
    expect((await steer("approve", id, ground.ben)).exit).toBe(0);
    expect(await stateOf(id)).toBe("running");
  });

  test("a recall names the release; it is in the catalog from then on", async () => {
    await ground.workshop.done(
      "sign",
      await makePackage(ground.workshop, "3.6.6"),
      "--key",
      ground.keys.ada.secretKey,
    );
    await ground.workshop.done("publish", "dist/press-control-3.6.6");
    const id = await pushed("--agent", "ship-2", "--package", "dist/press-control-3.6.6");
    const { exit, stderr } = await steer("recall", id);
    expect(exit).toBe(0);
    expect(stderr).toMatch(
      /Signing: recall deployment .*, press-control 3\.6\.6, manifest [0-9a-f]{64}/,
    );
    const again = await ground.workshop.run([
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

test("trust recall takes a release back for good", async () => {
  await ground.workshop.done(
    "sign",
    await makePackage(ground.workshop, "3.9.9"),
    "--key",
    ground.keys.ada.secretKey,
  );
  const folder = "dist/press-control-3.9.9";
  const { manifestSha256 } = await ground.workshop.json<{ manifestSha256: string }>(
    "inspect",
    folder,
  );
  expect(await ground.workshop.done("trust", "recall", folder)).toContain(
    `Manifest ${manifestSha256} is recalled.`,
  );
  await ground.workshop.done("trust", "sign", "--key", ground.keys.root.secretKey);
  const { exit, stdout } = await ground.workshop.run(["verify", folder, "--json"]);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: "RECALLED" });
});
