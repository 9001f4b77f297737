/**
 * The agent's signed report: what became of a deployment. Never secrets, never paths: codes, names and versions only
 * (`Failure.message` stays on the machine).
 */
import { sealText, writeDocument, type SealedDocument } from "../../messages/index.ts";
import type { KeySource } from "../../ports/index.ts";
import { showInvisible, type Receipt } from "../../schema/index.ts";
import type { InstalledRelease } from "../memory/release.ts";

const maxTrace = 100;
const maxTraceLength = 2000;

/** What a receipt says beside who says it. */
export type Report = Omit<Receipt, "type" | "agent" | "counter" | "issuedAt" | "installed">;

/** Signs a report. */
export async function makeReceipt(
  report: Report,
  by: {
    readonly agent: string;
    readonly counter: number;
    readonly now: Date;
    readonly key: KeySource;
    readonly installed: Readonly<Record<string, InstalledRelease>>;
  },
): Promise<SealedDocument<"receipt/1">> {
  const installed = Object.fromEntries(
    Object.entries(by.installed).map(([name, { version }]) => [name, version]),
  );
  const { trace, ...rest } = report;
  const text = writeDocument({
    type: "receipt/1",
    agent: by.agent,
    counter: by.counter,
    issuedAt: by.now.toISOString(),
    ...rest,
    ...(trace === undefined ? {} : { trace: trace.slice(0, maxTrace).map(plain) }),
    installed,
  });
  const unsigned = sealText("receipt/1", text, []);
  return sealText("receipt/1", text, [await by.key.sign(unsigned.bytes)]);
}

function plain(line: string): string {
  return showInvisible(line, "?").slice(0, maxTraceLength);
}
