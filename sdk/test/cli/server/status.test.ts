/** People look, from the command line: where deployments stand, and what came. */
import { describe, expect, test } from "vitest";
import { servedWorkshop } from "../support/served-workshop.ts";

const ground = servedWorkshop();
const { push, pushed, steer } = ground;

describe("status", () => {
  test("a table of deployments, and of the waves of one", async () => {
    const id = await pushed("--agent", "ship-2");
    const list = await ground.workshop.done("status", "--server", ground.url);
    expect(list).toMatch(new RegExp(`^${id} +press-control 3\\.0\\.0 +running +0 of 1 `, "m"));
    const one = await ground.workshop.done("status", id, "--server", ground.url);
    expect(one).toContain(`press-control 3.0.0, deployment ${id}\nrunning`);
    expect(one).toMatch(/^all +(running|waiting) +1$/m);
  });

  test("--watch tells every change and ends with the deployment", async () => {
    const id = await pushed("--agent", "ship-2");
    const watching = ground.workshop.begin(
      "status",
      id,
      "--watch",
      "--server",
      ground.url,
      "--json",
    );
    await watching.says(/"state":"running".*"sent":1/);
    await steer("halt", id);
    await watching.says(/"state":"halted"/);
    const { exit, stdout } = await watching.ended();
    expect(exit).toBe(0);
    for (const line of stdout.trimEnd().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ deployment: { id } });
  });

  test("a server that is none, or does not answer, or wants a token", async () => {
    expect(await ground.workshop.run(["status"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--server URL"),
    });
    expect(await ground.workshop.run(["status", "--server", "ftp://x"])).toMatchObject({ exit: 2 });
    expect(
      await ground.workshop.run(["status"], {
        environment: { OUTRIDER_SERVER: "http://127.0.0.1:9" },
      }),
    ).toMatchObject({
      exit: 3,
      stderr: expect.stringMatching(
        /^error UNAVAILABLE: http:\/\/127\.0\.0\.1:9\/deployments does not answer/,
      ),
    });
    expect(
      await ground.workshop.run(["status", "--server", `${ground.url}nowhere/`]),
    ).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining("it may not be a server of Outrider"),
    });
  });

  test("with a token", async () => {
    await ground.workshop.write("token.txt", "a-token-of-thirty-two-characters\n");
    const config = JSON.parse(await ground.workshop.read("outrider-server.json")) as {
      listen: object;
    };
    await ground.workshop.write("guarded.json", {
      ...config,
      dataDirectory: "guarded",
      listen: { ...config.listen, tokenFile: "token.txt" },
    });
    const guarded = await ground.workshop.begin("serve", "guarded.json").says(/^http:\S+$/m);
    expect(await ground.workshop.run(["status", "--server", guarded])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--token-file FILE"),
    });
    expect(
      await ground.workshop.done("status", "--server", guarded, "--token-file", "token.txt"),
    ).toBe("No deployments.\n");
  });
});

describe("audit", () => {
  test("shows what came, and proves that nothing was changed", async () => {
    // The last line is held by its head alone.
    for (let line = 0; line < 2; line++) await ground.workshop.run(push("--group", "nobody"));
    const shown = await ground.workshop.done("audit", "show", "--refused", "--last", "1");
    expect(shown).toMatch(/trigger +http +refused +AUDIENCE_UNKNOWN/);
    const { head, entries } = await ground.workshop.json<{ head: string; entries: number }>(
      "audit",
      "verify",
    );
    expect(entries).toBeGreaterThan(1);
    expect(await ground.workshop.done("audit", "verify", "--head", head)).toContain(
      "holds together",
    );
    const whole = await ground.workshop.read("server/audit.jsonl");
    await ground.workshop.edit("server/audit.jsonl", "AUDIENCE_UNKNOWN", "AUDIENCE_UNKNOWM");
    const changed = await ground.workshop.run(["audit", "verify"]);
    await ground.workshop.write("server/audit.jsonl", whole);
    expect(changed).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error AUDIT_BROKEN: Line \d+ of /),
    });
    const cut = await ground.workshop.run(["audit", "verify", "--head", "1".repeat(64)]);
    expect(cut).toMatchObject({ exit: 1, stderr: expect.stringContaining("the end was cut off") });
  });
});
