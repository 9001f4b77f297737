/** Bad input, for every verb: the command line itself, and servers that cannot be reached or begun. */
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { badInput, push, sign, type Case } from "../support/bad-input.ts";
import { packageFolder } from "../support/vendor.ts";

const ground = badInput();
const { holds } = ground;

describe("a command line that makes no sense", () => {
  test.for([
    ["no command", ""],
    ["an unknown command", "biuld"],
    ["an unknown option", "build --colour red"],
    ["a missing argument", "verify"],
    ["an argument too many", "trust show trust.json"],
    ["a missing option", "keys generate keys/x"],
    ["an option that is none of the choices", "trust add-key keys/ada.asc --role king"],
    ["a number that is none", "build --threads many"],
    ["a date that is none", "keys generate keys/x --name X --expires tomorrow"],
    ["two options that exclude each other", `${sign} keys/ada.secret.asc --gpg ABCD`],
  ])("%s", async ([, line = ""]) => {
    const argv = line.split(" ").filter((word) => word !== "");
    const before = await ground.workshop.snapshot();
    const plain = await ground.workshop.run(argv);
    const machine = await ground.workshop.run([...argv, "--json"]);
    expect(await ground.workshop.snapshot()).toEqual(before);
    expect(plain).toMatchObject({ exit: 2, stdout: "" });
    expect(plain.stderr).toContain("--help");
    expect(machine.exit).toBe(2);
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: { code: "CONFIG_INVALID" } });
  });

  const mailed = `push --group all --key keys/ada.secret.asc --package ${packageFolder} --via mail`;
  test.for<Omit<Case, "code">>([
    { what: "no mailbox", argv: `${mailed} --from ada@hall.test`, names: ["--to"] },
    {
      what: "a relay that is none",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test/x`,
      names: ["mail.test/x"],
    },
    {
      what: "a user without a password",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --smtp-user b`,
      names: ["--smtp-password-file"],
    },
    {
      what: "no TLS to another machine",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --smtp-tls none`,
      names: ["mail.test"],
    },
    {
      what: "an answer from a mailbox",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --wait`,
      names: ["--wait"],
    },
  ])("an order by mail: $what", (row) => holds({ ...row, code: "CONFIG_INVALID" }));

  test("a trust document needs to know for what", () =>
    holds({
      what: "",
      argv: "trust add-key keys/ada.asc --role release",
      code: "CONFIG_INVALID",
      names: ["--package"],
    }));
});

test("a server on a port that is taken says so", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const config = JSON.parse(await ground.workshop.read("outrider-server.json")) as object;
  await ground.workshop.write("busy-server.json", { ...config, listen: { port } });
  await holds({
    what: "",
    argv: "serve busy-server.json",
    code: "PORT_BUSY",
    names: [String(port)],
  });
  other.close();
});

test("a server that does not answer", () =>
  holds({
    what: "",
    argv: `${push} ${packageFolder}`,
    code: "UNAVAILABLE",
    names: ["http://127.0.0.1:9/triggers"],
  }));
