/** A program of wire.test.ts: hears from what is near, and writes what it heard with the time, until its input ends. */
import { opportunisticReceiver } from "../../src/transports/opportunistic/receiver/index.ts";

const stop = new AbortController();
process.stdin.resume().once("end", () => stop.abort());
const options = JSON.parse(process.argv[2] ?? "{}") as object;
process.stdout.write(`"ready"\n`);
for await (const incoming of opportunisticReceiver(options).receive({ signal: stop.signal })) {
  const heard = new TextDecoder().decode(incoming.bytes);
  const line = JSON.stringify({ heard, origin: incoming.origin, at: Date.now() });
  process.stdout.write(`${line}\n`);
  await incoming.settle("handled");
}
