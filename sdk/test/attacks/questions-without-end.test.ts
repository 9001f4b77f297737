/** THREATS N15: somebody on the segment asks without end; every answer goes to everybody there, so answers are few (RFC 6762 6). */
import { once } from "node:events";
import multicastDns from "multicast-dns";
import { expect, test } from "vitest";
import { service } from "../../src/transports/opportunistic/advert.ts";
import { opportunisticSender } from "../../src/transports/opportunistic/sender/index.ts";
import { freePorts } from "../servers/free-ports.ts";

test("N15 a thousand questions at once have an answer or two, and the next question has one again", async () => {
  const [multicastPort = 0] = await freePorts(1);
  const asker = multicastDns({ port: multicastPort, interface: "127.0.0.1", bind: "0.0.0.0" });
  let answers = 0;
  asker.on("response", () => void answers++);
  await once(asker, "ready");
  const near = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
  const sender = opportunisticSender({ ...near, port: 80 });
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      asker.query({ questions: [{ name: service, type: "PTR" }] }, () => resolve());
    });
  try {
    const beganAt = performance.now();
    await Promise.all(Array.from({ length: 1000 }, ask));
    await expect.poll(() => answers).toBeGreaterThan(0);
    const before = answers;
    await ask();
    await expect.poll(() => answers).toBeGreaterThan(before);
    // One a second at most; the three that are said unasked come besides.
    const seconds = (performance.now() - beganAt) / 1000;
    expect(answers).toBeLessThan(seconds + 5);
  } finally {
    await sender.close();
    await new Promise<void>((resolve) => {
      asker.destroy(resolve);
    });
  }
});
