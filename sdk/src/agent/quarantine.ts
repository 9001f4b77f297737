/**
 * Releases that failed on this machine are not tried again; a higher version is (THREATS A4; updaters that reinstall
 * what they have just rolled back loop for ever).
 */
import { errorTable, type ErrorCode } from "../errors/index.ts";
import type { JournalRecord } from "./journal.ts";
import type { AgentState } from "./state.ts";

const maxQuarantined = 1000;

/** Failures that say something about this moment or this machine's other packages, not about the release. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  "EXPIRED",
  "RECALLED",
  "HALTED",
  "DOWNGRADE",
  "REQUIREMENT",
  "CANCELLED",
  "PACKAGE_DIGEST",
]);

/** Puts the release of a failed deployment on the list. */
export async function quarantine(record: JournalRecord, state: AgentState): Promise<void> {
  const { failure } = record;
  if (failure === undefined || passing.has(failure.code) || isRetryable(failure.code)) return;
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

function isRetryable(code: string): boolean {
  return code in errorTable && errorTable[code as ErrorCode].retryable;
}
