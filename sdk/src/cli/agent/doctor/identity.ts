/** Who this machine is and whom it believes: its key, the trust document, the clock that both are judged by. */
import { join } from "node:path";
import { inspectAgent, type AgentStatus } from "../../../agent/index.ts";
import { isOutriderError } from "../../../errors/index.ts";
import { nodeFileSystem, systemClock } from "../../../ports/index.ts";
import { holdTrust, readTrust } from "../../../release/trust.ts";
import type { AgentConfig } from "../../../schema/index.ts";
import type { Configuration } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import { bad, doubtful, good, look, type Finding } from "./finding.ts";

const dayMs = 86_400_000;
/** From then on somebody should ask why no newer one came. */
const expiresSoonMs = 14 * dayMs;
/** What the trust rules forgive a clock. */
const toleratedMs = 5 * 60_000;

/** The agent's key and trust; with its status, where it ever ran. */
export async function examineIdentity(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
): Promise<{ readonly findings: Finding[]; readonly status?: AgentStatus }> {
  const { values, resolve } = config;
  const dataDirectory = resolve(values.dataDirectory);
  const trustFile = resolve(values.trustFile);
  let status: AgentStatus | undefined;
  const trust = await look(
    "trust",
    "See whether this machine's clock is right; if it is, ask the vendor for the present trust document and name it as trustFile.",
    async () => {
      const first = await readTrust(terminal, trustFile);
      status = await inspectAgent({
        id: values.id,
        groups: values.groups,
        dataDirectory,
        installDirectory: resolve(values.installDirectory),
        trust: first,
      }).catch((error: unknown) => {
        if (isOutriderError(error) && error.code === "FILE_MISSING") return undefined;
        throw error;
      });
      return examineTrust(status?.trust ?? holdTrust(first, trustFile).document);
    },
  );
  const key = await look("key", "Remove it, start the agent and enroll it anew.", () =>
    examineKey(dataDirectory, status),
  );
  const silent = (status?.silentServers ?? []).map(({ key: server, expiredAt, transport }) =>
    doubtful(
      `server ${server.slice(-16)}`,
      `Its last catalog, by ${transport}, ran out on ${expiredAt}: news may be held back.`,
      "See whether that server runs, and whether something between changes or keeps what it says.",
    ),
  );
  return {
    findings: [key, trust, ...silent, examineClock(status)],
    ...(status === undefined ? {} : { status }),
  };
}

/** @param ahead by how much this clock is ahead of a server's, as that one says */
export function examineClockAgainst(server: string, aheadMs: number): Finding {
  const check = `clock, ${server}`;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return Math.abs(aheadMs) <= toleratedMs
    ? good(check, "It agrees with the server's.")
    : bad(
        check,
        `It is ${minutes} minutes ${aheadMs > 0 ? "ahead of" : "behind"} the server's.`,
        "Set it right: documents from the future and expired ones are refused.",
      );
}

function examineTrust({ version, expiresAt }: AgentStatus["trust"]): Finding {
  const leftMs = Date.parse(expiresAt) - systemClock.now().getTime();
  const detail = `Version ${version} holds until ${expiresAt}.`;
  if (leftMs <= 0)
    return bad(
      "trust",
      `Version ${version} ran out on ${expiresAt}: nothing is believed any more.`,
      "A later version arrives by itself if the vendor published one; else ask the vendor.",
    );
  if (leftMs < expiresSoonMs)
    return doubtful("trust", detail, "Ask the vendor why no later version came.");
  return good("trust", detail);
}

async function examineKey(
  dataDirectory: string,
  status: AgentStatus | undefined,
): Promise<Finding> {
  const path = join(dataDirectory, "key.json");
  const facts = await nodeFileSystem.stat(path);
  if (facts === undefined)
    return doubtful(
      "key",
      "The agent has none yet.",
      "It makes one at its first start; then enroll it, so that the server knows it.",
    );
  if (process.platform !== "win32" && (facts.mode & 0o077) !== 0)
    return bad("key", `${path} can be read by others.`, `chmod 600 ${path}, and enroll a new key.`);
  return good("key", status === undefined ? `${path} is there.` : status.key.fingerprint);
}

/** Nothing that was signed and taken can have come from the future. */
function examineClock(status: AgentStatus | undefined): Finding {
  const now = systemClock.now();
  const { lastOrderAt, clockBehind } = status ?? {};
  if (clockBehind !== undefined)
    return bad(
      "clock",
      `It says ${clockBehind.now}, and the trust document was issued on ${clockBehind.trustIssuedAt}.`,
      "Set it right: nothing can be judged before that, so nothing is installed. The agent waits for it.",
    );
  if (lastOrderAt !== undefined && now.getTime() < Date.parse(lastOrderAt) - toleratedMs)
    return bad(
      "clock",
      `It says ${now.toISOString()}, and an order of ${lastOrderAt} was taken here.`,
      "Set it right: news is refused as coming from the future.",
    );
  return good("clock", `It says ${now.toISOString()}.`);
}
