/** Servers beyond the segment: unicast DNS-SD, asked of a real name server (dnsmasq). */
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  opportunisticReceiver,
  type OpportunisticReceiverOptions,
} from "../../src/transports/opportunistic/receiver/index.ts";
import { mayVisitBeyond } from "../../src/transports/opportunistic/segment.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { startNameServer } from "../servers/name-server.ts";
import { testFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { startStaticHost } from "../support/static-host.ts";
import { verifies } from "../support/verifies.ts";

const domain = "site.test";

/** An agent that asks this name server; on its segment, which is loopback, there is nobody. */
async function asking(nameServer: string): Promise<OpportunisticReceiverOptions> {
  const [multicastPort = 0] = await freePorts(1);
  const near = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
  return { ...near, domains: [domain], nameServers: [nameServer] };
}

test("two servers that a name server names are both found, each in its folder", async () => {
  verifies("transport-opportunistic");
  await using folder = await testFolder();
  const roots = [folder.at("one"), folder.at("two")] as const;
  for (const root of roots)
    await uncSender({ root: join(root, "outrider") }).publish({ catalog: Buffer.from(root) });
  await using one = await startStaticHost(roots[0]);
  await using two = await startStaticHost(roots[1], undefined, "127.0.0.2");
  const text = ["path=/outrider/"];
  await using names = await startNameServer(folder.path, domain, [
    { label: "one", address: "127.0.0.1", port: one.port, text },
    { label: "two", address: "127.0.0.2", port: two.port, text },
  ]);
  if (names === undefined) return;
  await using listening = listen(opportunisticReceiver(await asking(names.address)));
  await listening.until(2);
  const heard = listening.heard.map(({ bytes, shelf: { archives } = {} }) =>
    [Buffer.from(bytes).toString(), typeof archives === "object" ? archives.url : ""].join(" "),
  );
  expect(new Set(heard)).toEqual(
    new Set([
      `${roots[0]} http://127.0.0.1:${one.port}/outrider/packages/`,
      `${roots[1]} http://127.0.0.2:${two.port}/outrider/packages/`,
    ]),
  );
});

test("N15 a name server cannot send the agent to this machine or to the link's own services", () => {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const address of [
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "169.254.169.254",
    "fe80::1",
    "::ffff:127.0.0.1",
    "no address",
  ])
    expect(mayVisitBeyond(address, {})).toBe(false);
  for (const { address } of own) expect(mayVisitBeyond(address, {})).toBe(false);
  expect(mayVisitBeyond("203.0.113.9", {})).toBe(true);
  expect(mayVisitBeyond("2001:db8::9", {})).toBe(true);
});

test("a name server that is away is asked again, and harms nobody", async () => {
  const [said, logger] = [
    [] as string[],
    { log: (_: string, line: string) => void said.push(line) },
  ];
  await using _ = listen(opportunisticReceiver({ ...(await asking("127.0.0.1:9")), logger }));
  await expect.poll(() => said).toContain(`No servers are named in ${domain}.`);
});
