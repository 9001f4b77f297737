import { afterEach, expect, test } from "vitest";
import { Bench } from "../../../test/support/agent-bench.ts";
import type { Pushed } from "../../../test/support/publisher.ts";
import { Simulator } from "../../../test/support/simulator.ts";
import { encodeEnvelope } from "../../messages/index.ts";

let bench: Bench;
afterEach(async () => bench.clear());

/** What a server takes along in its mails: all but the first. */
function chain(): Uint8Array[] {
  return bench.publisher.simulator.published.slice(1).map((sealed) => encodeEnvelope(sealed));
}

async function push(): Promise<Pushed> {
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  bench.host.set(pushed.release.archive.sha256, pushed.release.archive.bytes);
  return pushed;
}

async function version(): Promise<number | undefined> {
  return (await bench.agent?.status())?.trust.version;
}

test("a mail brings the trust documents that its key needs, one by one", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  for (const owner of ["server 2", "server 3"]) {
    simulator.assign("server", [simulator.key(owner)]);
    await simulator.publishTrust();
  }
  const { bytes } = await push();
  expect(await bench.hand(bytes)).toMatchObject({ verdict: "refused", code: "KEY_UNKNOWN" });
  expect(await version()).toBe(1);
  expect(await bench.hand(bytes, { trust: chain() })).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  expect(await version()).toBe(3);
  await bench.start();
  expect(await version()).toBe(3);
});

test("S7 a key that the documents revoke is refused in the mail that brings them", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  const { bytes } = await push();
  const [stolen] = simulator.signers.server;
  simulator.assign("server", [simulator.key("server 2")]);
  simulator.trust.revoked = { keys: [stolen?.trusted.fingerprint ?? ""] };
  await simulator.publishTrust();
  expect(await bench.hand(bytes, { trust: chain() })).toMatchObject({ code: "KEY_REVOKED" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
});

test("what is known is passed over; what is forged, broken or far ahead changes nothing", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  await simulator.publishTrust();
  await simulator.publishTrust();
  const { bytes } = await push();
  const [second, third] = chain();
  if (second === undefined || third === undefined) throw new Error("nothing was published");
  const forged = Buffer.from(Buffer.from(second).toString().replace("expires", "eXpires"));
  const stranger = await Simulator.start();
  const theirs = encodeEnvelope(await stranger.publishTrust());
  for (const trust of [[third], [Buffer.from("{")], [bytes], [forged, third], [theirs, third]]) {
    expect(await bench.hand(bytes, { trust })).toMatchObject({ verdict: "handled" });
    expect(await version()).toBe(1);
  }
  await bench.hand(bytes, { trust: [second, second, Buffer.from("junk"), third, second] });
  expect(await version()).toBe(3);
  expect(bench.events.filter(({ type }) => type === "trustUpdated")).toHaveLength(2);
});
