/** What may be ordered otherwise than a push file says: everything that the editor asks can be said in one line. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;

beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeVendor(workshop);
  await workshop.write("night.push.json", {
    package: "press-control",
    audience: { groups: ["ships"] },
    rollout: { windows: [{ from: "22:00", to: "04:00" }], waves: [{ share: 10 }, { share: 100 }] },
  });
});
afterAll(() => workshop.close());

const sign = () => ["--package", packageFolder, "--dry-run", "--key", keys.ada.secretKey];

test("each option wins over its part of the file, and what is otherwise is said", async () => {
  const options = [
    "--group=docks",
    "--agent=ship-1",
    "--transport=unc",
    "--transport=email",
    "--at=2099-12-24T20:00:00Z",
    "--window=mon-fri 22:00-04:00 Europe/Berlin",
    "--wave=canary",
    "--wave=100%",
    "--first-of-one",
  ];
  const { stdout, stderr } = await workshop.run(["push", "night.push.json", ...options, ...sign()]);
  expect(stderr).toContain(
    "Otherwise than in night.push.json: audience, transports, times, waves.",
  );
  expect(JSON.parse(stdout.slice(0, stdout.lastIndexOf("}") + 1))).toMatchObject({
    audience: { groups: ["docks"], agents: ["ship-1"] },
    rollout: {
      waves: [{ group: "canary" }, { share: 100 }],
      firstOfOne: true,
      windows: [
        {
          days: ["mon", "tue", "wed", "thu", "fri"],
          from: "22:00",
          to: "04:00",
          timeZone: "Europe/Berlin",
        },
      ],
      notBefore: "2099-12-24T20:00:00.000Z",
      transports: ["unc", "email"],
    },
    expiresAt: "2099-12-31T20:00:00.000Z",
  });
});

test("as the file says, without options: nothing is otherwise", async () => {
  const { stderr, stdout } = await workshop.run(["push", "night.push.json", ...sign()]);
  expect(stderr).not.toContain("Otherwise");
  expect(stdout).toContain('"share": 10');
});

test.each([
  [["--now", "--at", "2099-12-24T20:00:00Z"], /cannot be used with option/],
  [["--transport", "pigeon"], /email, unc, stick, http, any/],
  [["--window", "noon"], /write it such as/],
  [["--wave", "101%"], /write a share such as/],
  [["--at", "tomorrow"], /A moment is needed/],
])("%j: what is wrong with it is said", async (options, fault) => {
  const { exit, stderr } = await workshop.run(["push", "night.push.json", ...options, ...sign()]);
  expect(exit).not.toBe(0);
  expect(stderr).toMatch(fault);
});
