/**
 * Receivers are tried as the agent itself listens, for a moment; nothing that they bring is settled, so it is there
 * when the agent comes. What only waits to be heard of by the local network is asked whether it was.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../../ports/index.ts";
import type { OpportunisticReceiverConfig, ReceiverConfig } from "../../../schema/index.ts";
import { currentSegments, describeSegments } from "../../../transports/opportunistic/segment.ts";
import { wireOneReceiver } from "../../wiring/agent.ts";
import { bad, doubtful, good, look, type Finding } from "./finding.ts";
import type { Ways } from "./ways.ts";

/** What listening for a moment brought. */
interface Hearing {
  /** Where the first message came from. */
  readonly origin?: string;
  /** What the receiver itself warned of. */
  readonly fault?: string;
  /** What it said of the last one that was of no use to it. */
  readonly attempt?: string;
}

/** Listens for a moment. */
export async function examineReceiver(
  receiver: ReceiverConfig,
  at: number,
  ways: Ways,
): Promise<Finding> {
  const check = `receiver ${receiver.kind}`;
  const remedy =
    "Compare its configuration with the server's; see whether it can be reached from here.";
  return look(check, remedy, async () => {
    const hearing = await listen(at, ways);
    if (hearing.fault !== undefined) return bad(check, hearing.fault, remedy);
    return receiver.kind === "opportunistic"
      ? judgeNear(check, receiver, hearing)
      : good(check, "It can be listened to.");
  });
}

async function listen(at: number, { terminal, config, large, patienceMs }: Ways): Promise<Hearing> {
  const scratch = await mkdtemp(join(tmpdir(), "outrider-doctor-"));
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patienceMs);
  let fault: string | undefined;
  let attempt: string | undefined;
  let origin: string | undefined;
  const logger: Logger = {
    log(level, message, fields) {
      const cause = typeof fields?.cause === "string" ? ` ${fields.cause}` : "";
      if (level === "warn" || level === "error") fault ??= `${message}${cause}`;
      if (level === "debug") attempt = `${message}${cause}`;
      if (fault !== undefined || message.startsWith("Listening")) stop.abort();
    },
  };
  const signal = AbortSignal.any([stop.signal, terminal.signal]);
  try {
    // With a data directory of its own: an agent may be at work on the real one.
    const apart = { ...config, values: { ...config.values, dataDirectory: scratch } };
    const way = await wireOneReceiver(terminal, apart, at, { logger, large });
    for await (const incoming of way.receive({ signal })) {
      origin = incoming.origin;
      break;
    }
  } finally {
    clearTimeout(timer);
    await rm(scratch, { recursive: true, force: true });
  }
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(fault === undefined ? {} : { fault }),
    ...(attempt === undefined ? {} : { attempt }),
  };
}

/** Silence is what a firewall sounds like, and a network that was left: nothing else on the machine would say so. */
function judgeNear(
  check: string,
  { segments, domains = [], mounts = [], allowLoopback = false }: OpportunisticReceiverConfig,
  { origin, attempt }: Hearing,
): Finding {
  if (origin !== undefined) return good(check, `A catalog was heard, of ${origin}.`);
  const watched = currentSegments({
    allowLoopback,
    ...(segments === undefined ? {} : { segments }),
  });
  const silent = attempt === undefined ? "" : ` ${attempt}`;
  if (watched.length > 0 || domains.length > 0) {
    const where = [watched.length > 0 ? describeSegments(watched) : "", ...domains];
    return doubtful(
      check,
      `No server was heard on ${where.filter((name) => name !== "").join(", ")}.${silent}`,
      'Does one announce itself there ("transports": {"opportunistic": {}})? Firewalls and switches must let multicast to UDP port 5353 pass, and its own port.',
    );
  }
  const sticks = mounts.length === 0 ? "" : ` Sticks are watched for at ${mounts.join(", ")}.`;
  if (segments?.length === 0) return good(check, `The network is not listened to.${sticks}`);
  const here = describeSegments(currentSegments({ allowLoopback }));
  return (mounts.length === 0 ? bad : doubtful)(
    check,
    segments === undefined
      ? `There is no network interface but loopback.${sticks}`
      : `No interface here is in its segments, ${segments.join(", ")}: there are ${here}.${sticks}`,
    "Connect the network, or name one of its interfaces in segments.",
  );
}
