/** THREATS K2: an agent was away for many rotations; an attacker feeds it rotations without end. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

test("K2 test_max_root_rotations: 256 pass in one run, the 257th stops, progress is kept", async () => {
  const vendor = await Simulator.start();
  for (let version = 2; version <= 258; version++) {
    // Another root key each time: every step stands on the one before it.
    const [old] = vendor.signers.root;
    const next = vendor.key(`root ${version}`);
    vendor.trust.keys = vendor.trust.keys.filter(
      ({ fingerprint }) => fingerprint !== old!.trusted.fingerprint,
    );
    vendor.assign("root", [next]);
    await vendor.publishTrust([old!, next]);
  }
  const client = vendor.client({ to: 1 });
  const verdicts = vendor.published.slice(1).map((next) => verdictOf(() => client.update(next)));
  expect(verdicts).toEqual([...Array(256).fill("accepted"), "TRUST_LIMIT"]);
  expect(client.document.version).toBe(257);
  expect(client.memory.trust?.version).toBe(257);
  expect(client.at(vendor.now).update(vendor.published.at(-1)!)).toBe("applied");
  expect(client.document.version).toBe(258);
});

test("K2 away for years: each step may have expired, only the last one counts", async () => {
  const vendor = await Simulator.start();
  for (let year = 0; year < 5; year++) {
    vendor.pass(366);
    Object.assign(vendor.trust, vendor.dates(365));
    await vendor.publishTrust();
  }
  const client = vendor.client({ to: 1, now: vendor.now });
  const { notification } = await vendor.deploy();
  for (const next of vendor.published.slice(1, -1)) {
    client.update(next);
    expect(verdictOf(() => client.verifyNotification(notification))).toBe("TRUST_EXPIRED");
  }
  client.update(vendor.published.at(-1)!);
  expect(client.verifyNotification(notification).standing).toBe("new");
});

test("K2 no version may be left out, taken twice or taken back", async () => {
  const vendor = await Simulator.start();
  for (let version = 2; version <= 4; version++) await vendor.publishTrust();
  const [one, two, three, four] = vendor.published;
  const client = vendor.client({ to: 1 });
  expect(verdictOf(() => client.update(three!))).toBe("TRUST_VERSION");
  expect(client.update(two!)).toBe("applied");
  expect(client.update(two!)).toBe("known");
  expect(verdictOf(() => client.update(one!))).toBe("TRUST_VERSION");
  expect(verdictOf(() => client.update(four!))).toBe("TRUST_VERSION");
  expect(client.update(three!)).toBe("applied");
  expect(client.update(four!)).toBe("applied");
});
