/**
 * Releases that failed on this machine are not tried again; a higher version is (THREATS A4; updaters that reinstall
 * what they have just rolled back loop for ever).
 */
import { errorTable, type ErrorCode } from "../../errors/index.ts";
import type { JournalRecord } from "./journal.ts";
import type { AgentState } from "./state.ts";

const maxQuarantined = 1000;

/** Failures of step 91 that say something about this moment or this machine's other packages, not about the release. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(["HALTED", "DOWNGRADE", "REQUIREMENT"]);

/** Puts the release of a failed deployment on the list. */
export async function quarantine(record: JournalRecord, state: AgentState): Promise<void> {
  const { failure } = record;
  if (failure === undefined || !isOfRelease(failure.code)) return;
  const { name, version, manifest } = record.package;
  await state.change((memory) =>
    memory.quarantined.some((release) => release.manifest === manifest)
      ? memory
      : {
          ...memory,
          quarantined: [
            ...memory.quarantined,
            { name, version, manifest, code: failure.code },
          ].slice(-maxQuarantined),
        },
  );
}

/**
 * Did the release itself fail, in step 91? An order whose key was taken away, or an archive that is not what was
 * signed, says nothing of it: else a server's stolen key could keep a good release away for longer than the key is
 * trusted.
 */
function isOfRelease(code: string): boolean {
  if (!(code in errorTable) || passing.has(code)) return false;
  const { step, retryable } = errorTable[code as ErrorCode];
  return step === "deploy" && !retryable;
}
