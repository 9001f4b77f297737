/** Steering a rollout from the command line, against a server that runs and reaches its agents by mail, share and HTTP. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rollout } from "../../src/schema/index.ts";
import { startMailServer, type TestMailServer } from "../support/mail.ts";
import { makeServer } from "./support/fleet.ts";
import { makeKey, makePackage, makeTrust, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop, type Outcome } from "./support/workshop.ts";

let workshop: Workshop;
let mail: TestMailServer;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let ben: KeyFiles;
let url: string;

const byMail = ["mail-1", "mail-2", "mail-3"];
const byShare = ["share-1", "share-2"];
const byHttp = ["web-1", "web-2"];

beforeAll(async () => {
  workshop = await Workshop.open();
  mail = await startMailServer();
  keys = await makeTrust(workshop);
  ben = await makeKey(workshop, "ben");
  await workshop.done("trust", "add-key", ben.publicKey, "--role", "push", "--group", "*");
  await workshop.done("trust", "sign", "--key", keys.root.secretKey);
  await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
  await workshop.write("share/README.txt", "");
  await workshop.write(
    "agents.csv",
    [
      "id,groups,email,unc,http",
      ...byMail.map((id, at) => `${id},all ${at === 0 ? "canary" : ""},${id}@hall.test,,`),
      ...byShare.map((id) => `${id},all,,yes,`),
      ...byHttp.map((id) => `${id},all web,,,yes`),
      "",
    ].join("\n"),
  );
  await makeServer(workshop, keys.server, {
    transports: {
      unc: { root: "share" },
      email: {
        from: "updates@vendor.test",
        relays: [{ host: "127.0.0.1", port: mail.port, tls: "none" }],
      },
    },
  });
  await workshop.done("agents", "import", "agents.csv");
  await workshop.done("publish", packageFolder);
  url = await workshop.begin("serve").says(/^http:\S+$/m);
});
afterAll(async () => {
  await workshop.close();
  await mail.close();
});

interface Shown {
  readonly state: string;
  readonly reason: string;
  readonly waves: readonly { readonly state: string; readonly counts: Record<string, number> }[];
  readonly deployment: {
    readonly manifest: string;
    readonly signers: readonly string[];
    readonly waves: readonly { name: string; size: number }[];
  };
}

const look = (id: string): Promise<Shown> => workshop.json<Shown>("status", id, "--server", url);

async function until(id: string, isThere: (shown: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const shown = await look(id);
    if (isThere(shown)) return shown;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function push(rollout: Rollout, ...more: readonly string[]): Promise<string> {
  await workshop.write("all.push.json", {
    package: "press-control",
    audience: { groups: ["all"] },
    rollout,
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
    ...more,
  );
  return deployment;
}

const steer = (action: string, id: string, key: KeyFiles = keys.ada): Promise<Outcome> =>
  workshop.run([
    action,
    id,
    "--reason",
    `please ${action}`,
    "--server",
    url,
    "--key",
    key.secretKey,
  ]);

const sentIn = (shown: Shown): number[] => shown.waves.map(({ counts }) => counts["sent"] ?? 0);

/** What went out of this deployment: of others, orders may still be on their way. */
const mailsOf = (id: string): typeof mail.mails =>
  mail.mails.filter(({ raw }) => raw.includes(`Deployment ${id}`));

describe("waves", () => {
  test("a first of one, then a group, then a share, then everybody else", async () => {
    const id = await push({
      firstOfOne: true,
      waves: [{ group: "canary" }, { share: 60, name: "most" }, { share: 100 }],
    });
    const { deployment } = await until(id, (shown) => sentIn(shown)[0] === 1);
    expect(deployment.waves.map(({ name, size }) => [name, size])).toEqual([
      ["first", 1],
      ["most", 4],
      ["100%", 2],
    ]);
    // One machine was told, and it is the canary: the others wait for it.
    expect((await look(id)).waves.map(({ state }) => state)).toEqual([
      "running",
      "waiting",
      "waiting",
    ]);
    await steer("halt", id);
  });

  test("outside its maintenance window a deployment waits, and says nothing to anybody", async () => {
    const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
    const later = days[(new Date().getUTCDay() + 3) % 7]!;
    const id = await push({ windows: [{ days: [later], from: "01:00", to: "02:00" }] });
    await steer("pause", id);
    await steer("resume", id);
    const shown = await look(id);
    expect(shown.state).toBe("running");
    expect(shown.waves.map(({ state }) => state)).toEqual(["waiting"]);
    expect(mailsOf(id)).toEqual([]);
    await steer("halt", id);
  });

  test("a second person's approval comes first", async () => {
    const id = await push({ approval: true });
    expect(await look(id)).toMatchObject({ state: "waiting" });
    expect(await steer("approve", id)).toMatchObject({ exit: 1 });
    expect(mailsOf(id)).toEqual([]);
    expect(await steer("approve", id, ben)).toMatchObject({ exit: 0 });
    const shown = await until(id, ({ waves }) => waves[0]!.counts["sent"] === 7);
    expect(shown.state).toBe("running");
    await steer("halt", id);
    expect(await look(id)).toMatchObject({ state: "halted", reason: "please halt" });
  });

  test("what is paused is sent to nobody until it is resumed", async () => {
    const id = await push({ approval: true });
    await steer("approve", id, ben);
    await until(id, ({ waves }) => waves[0]!.counts["sent"] === 7);
    const halves = await push({ waves: [{ group: "web" }, { share: 100 }] });
    await until(halves, (shown) => sentIn(shown)[0] === 2);
    expect(await steer("pause", halves)).toMatchObject({ exit: 0 });
    expect(await look(halves)).toMatchObject({ state: "paused", reason: "please pause" });
    expect(await steer("pause", halves)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error DEPLOYMENT_STATE: /m),
    });
    expect(await steer("resume", halves)).toMatchObject({ exit: 0 });
    expect(await look(halves)).toMatchObject({ state: "running" });
    await steer("halt", id);
    await steer("halt", halves);
  });
});

test("a recall goes out by mail, on the share and by HTTP", async () => {
  const id = await push({});
  const { deployment } = await until(id, ({ waves }) => waves[0]!.counts["sent"] === 7);
  // What was halted before can be recalled all the same, and then says so.
  expect(await steer("halt", id)).toMatchObject({ exit: 0 });
  expect(await workshop.done("status", id, "--server", url)).toContain("halted: please halt; 0 of");
  expect(await steer("recall", id)).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("who has it keeps it"),
    stderr: expect.stringContaining(`manifest ${deployment.manifest}`),
  });
  expect(await look(id)).toMatchObject({
    state: "halted",
    recalled: true,
    reason: "please recall",
  });
  const recalledStatus = await workshop.done("status", id, "--server", url);
  expect(recalledStatus).toContain("recalled: please recall;");
  expect(recalledStatus).toMatch(/^all +recalled +7$/m);
  expect(await workshop.done("status", "--server", url)).toMatch(new RegExp(`${id} .* recalled `));

  // The log says whom it was about, and who wanted it.
  const { signers } = deployment;
  expect(await workshop.done("audit", "show")).toMatch(
    new RegExp(`control +http +accepted +${id} +${signers[0]!.slice(-16)}$`, "m"),
  );

  // By mail: to everybody who was told, the signed control itself.
  const recalled = (): typeof mail.mails =>
    mailsOf(id).filter(({ raw }) => raw.includes("Subject: Recalled: "));
  await expect.poll(() => recalled().length).toBe(1);
  const recall = recalled()[0]!;
  expect(recall.to.toSorted()).toEqual(byMail.map((name) => `${name}@hall.test`));
  const parts = recall.raw.toString("latin1").split(/\r?\n\r?\n/);
  const decoded = parts.map((part) => Buffer.from(part.replaceAll(/\s/g, ""), "base64").toString());
  expect(decoded.find((text) => text.includes("control/1"))).toContain(deployment.manifest);

  // On the share and by HTTP: in the catalog, which shows the release no more.
  const response = await fetch(new URL("catalog.json", url));
  expect(await response.text()).toContain(deployment.manifest);
  let shown = "";
  for (; !shown.includes(`\\"recalled\\":[\\"${deployment.manifest}`);) {
    shown = await workshop.read("share/catalog.json");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(shown).toContain('\\"current\\":[]');
  expect(
    await workshop.run([
      "push",
      "all.push.json",
      "--package",
      packageFolder,
      "--server",
      url,
      "--key",
      keys.ada.secretKey,
    ]),
  ).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/^error RECALLED: /m),
  });
  expect(await workshop.run(["publish", packageFolder])).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/^error RECALLED: press-control .* is not published/m),
  });
});
