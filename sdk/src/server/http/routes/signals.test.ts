import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "../../../../test/support/listening.ts";
import { Vendor } from "../../../../test/support/vendor.ts";
import { httpReceiver } from "../../../transports/http/receiver/index.ts";

let vendor: Vendor;
let url: string;
beforeEach(async () => {
  vendor = await Vendor.open({ listen: { port: 0 } });
  url = (await vendor.server.start()).url ?? "";
  await vendor.enrol([{ id: "till-1" }]);
});
afterEach(() => vendor.close());

test("an agent that holds the stream hears of a new notification long before it would poll", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0", "content");
  await using listening = listen(httpReceiver({ url, pollMs: 3_600_000, random: () => 0 }));
  await listening.until(1);
  await vendor.server.submit(await vendor.trigger(hosted));
  const heard = await listening.until(2);
  expect(new TextDecoder().decode(heard[1]?.bytes)).toContain("demo-app");
});

test("what is told is a digest, and nothing of what is deployed", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0", "content");
  const leaving = new AbortController();
  const answer = await fetch(`${url}catalog-events`, { signal: leaving.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  await vendor.server.submit(await vendor.trigger(hosted));
  let text = "";
  for await (const piece of answer.body ?? []) {
    text += new TextDecoder().decode(piece);
    if (text.includes("data")) break;
  }
  expect(text).toMatch(/^:\n\nevent: catalog\ndata: [0-9a-f]{64}\n\n$/);
  leaving.abort();
});
