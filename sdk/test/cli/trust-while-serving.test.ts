/** A new trust document is taken up by the server that runs: shown over HTTP, entered into the audit log. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeServer } from "./support/fleet.ts";
import { makeKey, makeTrust, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let url: string;
beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  await makeServer(workshop, keys.server, {});
  url = await workshop.begin("serve").says(/^http:\S+$/m);
});
afterAll(() => workshop.close());

const shows = async (version: number): Promise<number> =>
  (await fetch(`${url}trust/${version}.json`)).status;

test("version after version is signed, and the running server shows each", async () => {
  for (const [index, name] of ["ben", "eve"].entries()) {
    const { publicKey } = await makeKey(workshop, name);
    await workshop.done("trust", "add-key", publicKey, "--role", "push", "--group", "*");
    const version = index + 2;
    expect(await shows(version)).toBe(404);
    await workshop.done("trust", "sign", "--key", keys.root.secretKey);
    await expect.poll(() => shows(version)).toBe(200);
  }
  const shown = await workshop.done("audit", "show");
  expect(shown).toMatch(/trust +file +accepted +version 2/);
  expect(shown).toMatch(/trust +file +accepted +version 3/);
});

test("what is not the next version is said, and the one in force goes on", async () => {
  await workshop.edit("trust.json", '"version": 3', '"version": 9');
  await expect
    .poll(() => workshop.done("audit", "show"))
    .toMatch(/trust +file +refused +(TRUST_VERSION|SIGNATURE_INVALID)/);
  expect([await shows(3), await shows(9)]).toEqual([200, 404]);
});
