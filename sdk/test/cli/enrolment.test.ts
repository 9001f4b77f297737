/** A machine becomes an agent by commands alone: token, enrolment, push, installed, and a receipt that the server verified. */
import { readFile, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeServer } from "./support/fleet.ts";
import { makePackage, makeTrust, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop, type Outcome } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let url: string;

beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
  await makeServer(workshop, keys.server, {});
  await workshop.done("publish", packageFolder);
  url = await workshop.begin("serve").says(/^http:\S+$/m);
});
afterAll(() => workshop.close());

interface Token {
  readonly token: string;
  readonly trustSha256: string;
  readonly expiresAt: string;
}

const makeToken = (...more: readonly string[]): Promise<Token> =>
  workshop.json<Token>("agents", "token", "--group", "hall-2", ...more);

/** Enrols into a folder of its own. */
async function enroll(
  { token, trustSha256 }: Pick<Token, "token" | "trustSha256">,
  folder: string,
  ...more: readonly string[]
): Promise<Outcome> {
  return workshop.run(
    [
      "agent",
      "enroll",
      `${folder}/agent.json`,
      "--server",
      url,
      "--trust",
      trustSha256,
      "--id",
      folder,
      ...more,
    ],
    { environment: { OUTRIDER_ENROLMENT_TOKEN: token } },
  );
}

const registered = async (): Promise<string[]> =>
  (await workshop.json<{ id: string }[]>("agents", "list")).map(({ id }) => id);

test("token → enroll → push → installed → receipt verified", async () => {
  const said = await workshop.run(["agents", "token", "--group", "hall-2"]);
  expect(said).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^[\w-]{32}\n$/) });
  const [, trustSha256 = ""] = /--trust ([0-9a-f]{64}) /.exec(said.stderr) ?? [];
  await workshop.write("token.txt", said.stdout);

  const enrolled = await workshop.run([
    "agent",
    "enroll",
    "press-4/agent.json",
    "--server",
    url,
    "--trust",
    trustSha256,
    "--token-file",
    "token.txt",
    "--id",
    "press-4",
    "--fact",
    "hall=2",
  ]);
  expect(enrolled).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^Agent press-4 in hall-2 is enrolled, key [0-9A-F]{40,64}\.\n/),
  });
  expect(await workshop.json("agents", "list")).toMatchObject([
    { id: "press-4", groups: ["hall-2"], addresses: { http: true }, facts: { hall: "2" } },
  ]);

  const agent = workshop.begin("agent", "run", "press-4/agent.json");
  const pushed = await workshop.run([
    "push",
    "--package",
    packageFolder,
    "--group",
    "hall-2",
    "--server",
    url,
    "--key",
    keys.ada.secretKey,
    "--wait",
  ]);
  await agent.stop();
  expect(pushed.exit).toBe(0);
  expect(await workshop.read("press-4/agent/installed/press-control/current/app.txt")).toBe(
    "press-control 3.0.0\n",
  );
  const shown = await workshop.done("audit", "show");
  expect(shown).toMatch(/receipt +http +accepted +press-4\/1$/m);
});

test.runIf(process.platform !== "win32")("what is written is for this user only", async () => {
  expect((await enroll(await makeToken(), "press-5")).exit).toBe(0);
  const names = ["agent.json", "trust.json", "agent/data/key.json"];
  const facts = await Promise.all(names.map((name) => stat(workshop.path("press-5", name))));
  expect(facts.map(({ mode }) => mode & 0o077)).toEqual([0, 0, 0]);
  const text = await readFile(workshop.path("press-5/agent.json"), "utf8");
  expect(JSON.parse(text)).toMatchObject({
    id: "press-5",
    groups: ["hall-2"],
    receivers: [{ kind: "http", url }],
    receipts: [{ kind: "http", url }],
  });
});

test("by mail and from a share, too, in that order", async () => {
  await workshop.write("share/README.txt", "");
  const { exit } = await enroll(
    await makeToken(),
    "press-6",
    "--email",
    "press-6@hall.test",
    "--maildir",
    "mail",
    "--share",
    workshop.path("share"),
  );
  expect(exit).toBe(0);
  const list = await workshop.json<{ id: string; addresses: object }[]>("agents", "list");
  const addresses = list.find(({ id }) => id === "press-6")!.addresses;
  expect(Object.entries(addresses)).toEqual([
    ["unc", true],
    ["email", "press-6@hall.test"],
    ["http", true],
  ]);
});

test("with a key to which archives in mails are encrypted; its secret half stays on the machine", async () => {
  const outcome = await enroll(
    await makeToken(),
    "press-15",
    "--email",
    "press-15@hall.test",
    "--maildir",
    "mail",
    "--decryption-key",
    "decryption-key.asc",
  );
  expect(outcome).toMatchObject({ exit: 0 });
  const list = await workshop.json<{ id: string; encryptionKey?: string }[]>("agents", "list");
  const { encryptionKey } = list.find(({ id }) => id === "press-15")!;
  expect(encryptionKey).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----/);
  const shown = await workshop.done("agent", "encryption-key", "press-15/agent.json");
  expect(shown.trim()).toBe(encryptionKey?.trim());
  expect(await workshop.read("press-15/decryption-key.asc")).toMatch(
    /^-----BEGIN PGP PRIVATE KEY BLOCK-----/,
  );
});

describe("refused, and nothing is left that a second try would stumble over", () => {
  test("a token is good once", async () => {
    const token = await makeToken();
    expect((await enroll(token, "press-7")).exit).toBe(0);
    expect(await enroll(token, "press-8")).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error TOKEN_INVALID: /m),
    });
    expect(await registered()).not.toContain("press-8");
    await expect(stat(workshop.path("press-8/agent.json"))).rejects.toThrow("ENOENT");
    // The same command with a good token goes on where it stopped.
    expect((await enroll(await makeToken(), "press-8")).exit).toBe(0);
  });

  test("a token that was made for another machine, and one that is too old", async () => {
    expect(await enroll(await makeToken("--agent", "somebody"), "press-9")).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error TOKEN_INVALID: /m),
    });
    expect(await enroll(await makeToken("--valid", "0"), "press-9")).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error TOKEN_INVALID: /m),
    });
    expect(await registered()).not.toContain("press-9");
  });

  test("a name that is taken, unless the token is for it", async () => {
    expect((await enroll(await makeToken(), "press-10")).exit).toBe(0);
    const again = (token: Token): Promise<Outcome> =>
      enroll(token, "elsewhere", "--id", "press-10");
    expect(await again(await makeToken())).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error TOKEN_INVALID: .*registered already/m),
    });
    expect((await again(await makeToken("--agent", "press-10"))).exit).toBe(0);
  });

  test("a trust document of another digest: the token is not even shown", async () => {
    const token = await makeToken();
    expect(await enroll({ ...token, trustSha256: "0".repeat(64) }, "press-11")).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^error TRUST_PIN: /m),
    });
    await expect(stat(workshop.path("press-11"))).rejects.toThrow("ENOENT");
    expect((await enroll(token, "press-11")).exit).toBe(0);
  });

  test("a machine that is an agent already", async () => {
    expect((await enroll(await makeToken(), "press-12")).exit).toBe(0);
    const before = await workshop.read("press-12/agent.json");
    expect(await enroll(await makeToken(), "press-12")).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/^error FILE_EXISTS: /m),
    });
    expect(await workshop.read("press-12/agent.json")).toBe(before);
  });

  test.each([
    ["a server beyond loopback without TLS", ["--server", "http://10.255.255.1/"], "is not https"],
    ["a digest that is none", ["--trust", "abc"], "64 hexadecimal digits"],
    ["mail without a mailbox", ["--email", "a@b.test"], "go together"],
    ["a key for mail without mail", ["--decryption-key", "key.asc"], "that come by mail"],
    ["a fact without a value", ["--fact", "hall"], "NAME=VALUE"],
  ])("%s", async (_what, more, words) => {
    const outcome = await enroll(
      { token: "x".repeat(32), trustSha256: "0".repeat(64) },
      "press-13",
      ...more,
    );
    expect(outcome).toMatchObject({ exit: 2, stderr: expect.stringContaining(words) });
  });

  test("no token, or none on standard input", async () => {
    const argv = ["agent", "enroll", "press-14.json", "--server", url, "--trust", "0".repeat(64)];
    expect(await workshop.run(argv)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("OUTRIDER_ENROLMENT_TOKEN"),
    });
    expect(await workshop.run([...argv, "--token-file", "-"], { stdin: "" })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("holds no enrolment token"),
    });
  });
});
