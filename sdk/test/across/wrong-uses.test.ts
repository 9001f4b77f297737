/**
 * What a vendor gets wrong who embeds agent and server, in JavaScript too, where no compiler says so: each is an
 * OutriderError that names the option, the file or the address, and nothing is left behind.
 */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAgent, type AgentOptions } from "../../src/agent/index.ts";
import { isOutriderError } from "../../src/errors/index.ts";
import { directoryHost } from "../../src/host/index.ts";
import { sealText } from "../../src/messages/index.ts";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { systemClock } from "../../src/ports/index.ts";
import { httpReceiptSender } from "../../src/transports/http/receipts/index.ts";
import { httpReceiver } from "../../src/transports/http/receiver/index.ts";
import { createControl, createTrigger, type TriggerOptions } from "../../src/trigger/index.ts";
import { testKey } from "../support/keys.ts";
import { Publisher } from "../support/publisher.ts";
import { Vendor } from "../support/vendor.ts";

let folder: string;
let options: AgentOptions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-wrong-"));
  const { simulator } = await Publisher.start();
  const [trust] = simulator.published;
  if (trust === undefined) throw new Error("no trust document was published");
  options = {
    id: "press-4",
    groups: ["hall-2"],
    dataDirectory: join(folder, "data"),
    installDirectory: join(folder, "installed"),
    trust,
    receivers: [],
    obtainers: [],
    receiptSenders: [],
    clock: { now: () => simulator.now },
  };
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** Code and message of what is thrown. */
async function refusal(use: () => unknown): Promise<string> {
  try {
    await use();
  } catch (error) {
    if (isOutriderError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

const wrongOptions: readonly [option: keyof AgentOptions, value: unknown][] = [
  ["id", ""],
  ["id", "press 4/.."],
  ["id", undefined],
  ["groups", "hall-2"],
  ["groups", undefined],
  ["dataDirectory", undefined],
  ["dataDirectory", "data"],
  ["installDirectory", "installed"],
  ["trust", undefined],
  ["trust", "trust.json"],
  ["trust", { type: "trust/1", version: 1 }],
  ["receivers", undefined],
  ["receivers", ["https://updates.vendor.example/"]],
  ["receivers", [undefined]],
  ["obtainers", [httpObtainer]],
  ["obtainers", undefined],
  ["receiptSenders", {}],
];

test.each(wrongOptions)("an agent whose %s is %j is not made", async (option, value) => {
  const wrong = { ...options, [option]: value } as AgentOptions;
  const said = await refusal(() => createAgent(wrong));
  expect(said).toContain(`CONFIG_INVALID: createAgent: ${option} must be `);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [{ from: "22:00", to: "04:00", timeZone: "Europe/Berlon" }, "is in time zone Europe/Berlon, wh"],
  [{ from: "22:00", to: "22:00" }, "begins and ends at 22:00"],
  [{ from: "8", to: "10" }, "needs times such as 22:30"],
  [{ from: "22:00", to: "24:00" }, "needs times such as 22:30"],
])("an agent with the window %j, which never opens, is not made", async (window, why) => {
  const said = await refusal(() => createAgent({ ...options, policy: { windows: [window] } }));
  expect(said).toContain(`CONFIG_INVALID: createAgent: a window of policy ${why}`);
  expect(await readdir(folder)).toEqual([]);
});

test("an agent does not install among its own files", async () => {
  const said = await refusal(() =>
    createAgent({ ...options, installDirectory: options.dataDirectory }),
  );
  expect(said).toBe(
    "CONFIG_INVALID: createAgent: installDirectory must be an absolute path, not dataDirectory.",
  );
});

test("a trust document without signatures, or of another type, makes no agent", async () => {
  const { text, signatures } = options.trust;
  const unsigned = { ...options, trust: sealText("trust/1", text, []) };
  expect(await refusal(() => createAgent(unsigned))).toMatch(/^SIGNATURE_MISSING: /);
  const other = sealText("manifest/1", text, signatures) as never;
  expect(await refusal(() => createAgent({ ...options, trust: other }))).toMatch(
    /^DOCUMENT_TYPE: /,
  );
});

test("directories that cannot be made are named, by agent, server and host", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const dataDirectory = join(file, "data");
  expect(await refusal(() => createAgent({ ...options, dataDirectory }))).toContain(
    `Opening the agent of ${dataDirectory} failed: ENOTDIR`,
  );
  expect(await refusal(() => directoryHost({ path: join(file, "host") }))).toContain(
    "Opening the package host ",
  );
});

test("a directory that others may write to is refused with the way to mend it", async () => {
  await mkdir(options.dataDirectory);
  await chmod(options.dataDirectory, 0o777);
  expect(await refusal(() => createAgent(options))).toBe(
    `DIRECTORY_UNSAFE: ${options.dataDirectory} has mode 777 (chmod go-w mends it); only the agent's own user may be able to write there.`,
  );
});

test("an agent that is told nothing else runs until it is closed", async () => {
  const agent = await createAgent(options);
  const running = agent.run();
  await agent.close();
  await running;
  expect(await refusal(() => agent.resume())).toMatch(/^CANCELLED: /);
});

test("addresses are held to their form where they are given, and a login in one is not repeated", async () => {
  const said = [
    await refusal(() => httpReceiver({ url: "127.0.0.1:80" })),
    await refusal(() => httpReceiver({ url: "https://user:secret@vendor.example/updates" })),
    await refusal(() => httpReceiptSender({ url: "https://vendor.example/updates" })),
    await refusal(() => httpObtainer({ hosts: ["https://vendor.example/"] })),
  ];
  expect(said).toEqual([
    "CONFIG_INVALID: 127.0.0.1:80 is no folder on a web server: write http or https, a slash at the end, and no login, query or fragment.",
    "CONFIG_INVALID: https://vendor.example/updates is no folder on a web server: write http or https, a slash at the end, and no login, query or fragment.",
    "CONFIG_INVALID: https://vendor.example/updates is not the URL of a server, with a slash at the end.",
    "CONFIG_INVALID: https://vendor.example/ is no host: write host or host:port.",
  ]);
});

test("what no server takes is not signed", async () => {
  const key = testKey("push");
  const order: TriggerOptions = {
    package: { name: "press-control", version: "1.0.0", manifest: "0".repeat(64) },
    contentsSha512: new Uint8Array(64),
    audience: { groups: ["hall-2"] },
    keys: [key.source],
  };
  await createTrigger(order);
  expect(await refusal(() => createTrigger({ ...order, audience: {} }))).toMatch(
    /^DOCUMENT_INVALID: the trigger.*\/audience/,
  );
  const control = { deployment: "x", action: "stop" as never, reason: "why", keys: [key.source] };
  expect(await refusal(() => createControl({ ...control, clock: systemClock }))).toMatch(
    /^DOCUMENT_INVALID: the control/,
  );
});

test("a server that is started twice listens once", async () => {
  const vendor = await Vendor.open({ listen: { port: 0 } });
  try {
    const first = await vendor.server.start();
    expect(first.url).toBeDefined();
    expect(await vendor.server.start()).toEqual(first);
  } finally {
    await vendor.close();
  }
});
