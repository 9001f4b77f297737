/**
 * N15: somebody on the segment adverts a server of his own, or adverts that would make agents ask services of this
 * machine or of others. An advert is only a hint: at most one bounded request until it changes, to addresses of the
 * segment alone; loopback, link-local and own addresses only where configured; what comes back installs nothing.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Advert } from "../../src/transports/opportunistic/advert.ts";
import { opportunisticReceiver } from "../../src/transports/opportunistic/receiver/index.ts";
import { mayVisit, type Segment } from "../../src/transports/opportunistic/segment.ts";
import { freePorts } from "../servers/free-ports.ts";
import { testFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { rogueAdvertiser } from "../support/rogue-advert.ts";
import { startStaticHost, type Twist } from "../support/static-host.ts";

const forged = `{"outrider":"catalog/1","document":"{}","signatures":["forged"]}`;
const shown: Twist = (_, response) => (response.writeHead(200).end(forged), true);

async function rogue(twist: Twist) {
  const folder = await testFolder();
  const [multicastPort = 0] = await freePorts(1);
  const host = await startStaticHost(folder.path, twist);
  const advertiser = await rogueAdvertiser(multicastPort);
  const advert = (part: Partial<Advert> = {}): Advert => ({
    instance: "outrider-rogue",
    port: host.port,
    path: "/",
    state: "1",
    addresses: ["127.0.0.1"],
    ...part,
  });
  const near = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
  return {
    host,
    advert,
    near,
    ...advertiser,
    async [Symbol.asyncDispose]() {
      await advertiser[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("N15 a forged catalog, refused: one request, however often the advert is repeated", async () => {
  await using it = await rogue(shown);
  await using listening = listen(opportunisticReceiver({ ...it.near, pollMs: 1 }), "refused");
  await it.asked;
  await it.say(it.advert());
  await listening.until(1);
  for (let time = 0; time < 50; time++) await it.say(it.advert());
  await sleep(300);
  expect(it.host.requests).toEqual(["/catalog.json 200"]);
  expect(listening.heard).toHaveLength(1);
});

test.each<[string, Twist]>([
  ["an endless answer", (_, response) => (stream(response.writeHead(200)), true)],
  ["no answer", () => true],
  ["a redirect to this machine", (_, response) => (redirect(response), true)],
  ["an error", (_, response) => (response.writeHead(500).end(), true)],
  ["a cut connection", (request) => (request.socket.destroy(), true)],
])("N15 %s: one request, nothing is heard, and it ends in bound", async (_, twist) => {
  let asked = 0;
  await using it = await rogue((request, response) => {
    asked++;
    return twist(request, response);
  });
  await using listening = listen(opportunisticReceiver({ ...it.near, timeoutMs: 500 }));
  await it.asked;
  await it.say(it.advert());
  await expect.poll(() => it.host.requests.length).toBe(1);
  await it.say(it.advert());
  await sleep(400);
  expect(asked).toBe(1);
  expect(listening.heard).toEqual([]);
});

test("N15 adverts that change without end: no more requests than are allowed in a minute", async () => {
  await using it = await rogue(shown);
  await using _ = listen(opportunisticReceiver({ ...it.near, maxVisitsPerMinute: 5 }), "refused");
  await it.asked;
  for (let time = 0; time < 100; time++)
    await it.say(it.advert({ instance: `outrider-${time % 70}`, state: String(time) }));
  await expect.poll(() => it.host.requests.length).toBe(5);
  await sleep(300);
  expect(it.host.requests).toHaveLength(5);
});

test("N15 loopback is not asked unless configured, whatever the advert names", async () => {
  let asked = 0;
  const service = createServer((_, response) => void (asked++, response.end("secret")));
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as AddressInfo;
  await using it = await rogue(shown);
  const policy = { ...it.near, allowLoopback: false };
  await using listening = listen(opportunisticReceiver(policy));
  await sleep(100);
  await it.say(it.advert({ port, path: "/" }));
  await sleep(400);
  expect({ asked, heard: listening.heard.length }).toEqual({ asked: 0, heard: 0 });
  service.close();
});

test("N15 a path out of an advert is a folder or nothing", async () => {
  await using it = await rogue((request, response) => shown(request, response));
  await using _ = listen(opportunisticReceiver(it.near), "refused");
  await it.asked;
  for (const path of ["/../../etc/", "/a?b=/", "//evil.test/", "/a b/", "/%2e%2e/", "admin"])
    await it.say(it.advert({ path, state: path.slice(0, 3), instance: `x${path.length}` }));
  await expect.poll(() => it.host.requests.length).toBeGreaterThan(0);
  await sleep(400);
  expect(new Set(it.host.requests)).toEqual(new Set(["/catalog.json 200"]));
});

test.each([
  ["another machine of the segment", "10.77.0.9", true],
  ["this machine by its own address", "10.77.0.2", false],
  ["an address beyond the segment", "10.78.0.1", false],
  ["loopback", "127.0.0.1", false],
  ["the wildcard", "0.0.0.0", false],
  ["a metadata service", "169.254.169.254", false],
  ["IPv6 on an IPv4 segment", "fd00::1", false],
  ["a name", "localhost", false],
])("N15 %s (%s): %s", (_, address, allowed) => {
  const segment: Segment = {
    key: "",
    name: "b0",
    family: "ipv4",
    addresses: ["10.77.0.2"],
    networks: ["10.77.0.2/24"],
  };
  expect(mayVisit(address, segment, {})).toBe(allowed);
});

test.each([
  ["fd00:77::9", true],
  ["fd00:77::2", false],
  ["fe80::9", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
])("N15 IPv6 %s: %s", (address, allowed) => {
  const segment: Segment = {
    key: "",
    name: "b0",
    family: "ipv6",
    addresses: ["fd00:77::2", "fe80::2"],
    networks: ["fd00:77::2/64", "fe80::2/64"],
  };
  expect(mayVisit(address, segment, {})).toBe(allowed);
});

function stream(response: Parameters<Twist>[1]): void {
  const piece = Buffer.alloc(65_536, 0x20);
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  more();
}

function redirect(response: Parameters<Twist>[1]): void {
  response.writeHead(302, { location: "/other.json" }).end();
}
