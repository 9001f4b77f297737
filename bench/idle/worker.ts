/** One quiet receiver for a while; writes what that cost. */
import { nodeFileSystem, type FileSystem } from "../../sdk/src/ports/index.ts";
import type { Receiver } from "../../sdk/src/transport/index.ts";
import { maildirReceiver } from "../../sdk/src/transports/email/receiver/index.ts";
import { httpReceiver } from "../../sdk/src/transports/http/receiver/index.ts";
import { opportunisticReceiver } from "../../sdk/src/transports/opportunistic/receiver/index.ts";
import { uncReceiver } from "../../sdk/src/transports/unc/receiver/index.ts";
import { listen } from "../../sdk/test/support/listening.ts";
import type { IdleOrder } from "../idle.ts";

const order = JSON.parse(process.argv[2] ?? "{}") as IdleOrder;
const { root, url, maildir, spool, faster, seconds } = order;
let looks = 0;
const counting: FileSystem = {
  ...nodeFileSystem,
  list: (path) => (looks++, nodeFileSystem.list(path)),
  open: (path, mode) => (looks++, nodeFileSystem.open(path, mode)),
};
const random = (): number => (looks++, 0.5);
const receivers: Readonly<Record<IdleOrder["transport"], () => Receiver | undefined>> = {
  none: () => undefined,
  // The usual pauses of the command line: mail 5 s, share 60 s, HTTP 300 s.
  email: () =>
    maildirReceiver({
      path: maildir,
      spoolDirectory: spool,
      pollMs: 5000 / faster,
      fileSystem: counting,
    }),
  unc: () => uncReceiver({ root, pollMs: 60_000 / faster, random }),
  http: () => httpReceiver({ url, pollMs: 300_000 / faster, random }),
  opportunistic: () => opportunisticReceiver({ allowLoopback: true, segments: ["lo"] }),
};
const receiver = receivers[order.transport]();
const listening = receiver === undefined ? undefined : listen(receiver);
await new Promise((resolve) => setTimeout(resolve, 1000)); // started, and the first look is over
looks = 0;
const before = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, looks }));
await listening?.[Symbol.asyncDispose]();
