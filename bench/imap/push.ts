import { makeAgent, makeServer } from "../../sdk/test/cli/support/fleet.ts";
import { makePackage, makeTrust } from "../../sdk/test/cli/support/vendor.ts";
import { Workshop } from "../../sdk/test/cli/support/workshop.ts";
/** Part of `bench/imap.ts`: from `outrider push` to the new version, through Postfix and Dovecot, to an agent in IDLE. */
import { startMailSystem } from "../../sdk/test/servers/mail-system.ts";
import { row } from "./memory.ts";

const runs = 9;
const workshop = await Workshop.open();
const system = await startMailSystem();
try {
  if (system !== undefined) await run(system);
} finally {
  await workshop.close();
  await system?.[Symbol.asyncDispose]();
}

async function run({ ports, ca, password }: NonNullable<typeof system>): Promise<void> {
  const keys = await makeTrust(workshop);
  await workshop.write("ca.pem", ca);
  await workshop.write("password", `${password}\n`);
  const user = "agent@customer.test";
  const mailbox = { host: "localhost", passwordFile: "password", caFile: "ca.pem" };
  const agent = await makeAgent(
    workshop,
    "agent",
    { email: user },
    { receivers: [{ kind: "imap", ...mailbox, port: ports.imaps, user }] },
  );
  const relays = [{ host: "127.0.0.1", port: ports.smtp, tls: "none" as const }];
  await makeServer(workshop, keys.server, {
    transports: { email: { from: "updates@vendor.test", relays } },
    agents: [agent],
  });
  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  const listening = workshop.start("agent", "run", "agent.json");
  await listening.says(/Listening to agent@customer\.test/);
  const fromCommand: number[] = [];
  const fromTrigger: number[] = [];
  for (let at = 1; at <= runs; at++) {
    const version = `3.${at}.0`;
    const folder = await makePackage(workshop, version);
    await workshop.done("sign", folder, "--key", keys.ada.secretKey);
    await workshop.done("publish", folder);
    const push = ["push", "--package", folder, "--group", "ships", "--server", url];
    const startedAt = performance.now();
    const accepted = server
      .says(new RegExp(`"verdict":"accepted"(?:[^]*"verdict":"accepted"){${at - 1}}`))
      .then(() => performance.now());
    const installed = listening
      .says(new RegExp(`version=${version.replaceAll(".", "\\.")} outcome=installed`))
      .then(() => performance.now());
    await workshop.done(...push, "--key", keys.ada.secretKey);
    const endedAt = await installed;
    fromCommand.push(endedAt - startedAt);
    fromTrigger.push(endedAt - (await accepted));
  }
  row("push → installed, by mail to an agent in IDLE", "median ms", "worst ms");
  for (const [name, times] of [
    ["from the start of the command", fromCommand],
    ["from the trigger's acceptance", fromTrigger],
  ] as const) {
    const sorted = times.toSorted((a, b) => a - b);
    row(name, sorted[runs >> 1]?.toFixed(0) ?? "", sorted.at(-1)?.toFixed(0) ?? "");
  }
}
