/**
 * References that messages carry out and reports bring back: a job's number with a seal over it, under a secret that
 * the store keeps. Nobody who has not seen one of the job's messages can name the job.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { ValueStore } from "../../ledger/index.ts";

/** Makes references and reads them. */
export interface References {
  /** Such as `42-Xy3…`. */
  of(job: number): Promise<string>;
  /** The job, or `undefined` where the reference is not one of this server's. */
  jobOf(reference: string): Promise<number | undefined>;
}

/** Opens them; the secret is made when the first is needed. */
export function openReferences(values: ValueStore): References {
  let opened: Promise<string> | undefined;
  const sealOf = async (job: number): Promise<Buffer> => {
    opened ??= values.keep("secret/references", randomBytes(32).toString("hex"));
    const secret = Buffer.from(await opened, "hex");
    return createHmac("sha256", secret).update(`outrider job ${job}`).digest().subarray(0, 12);
  };
  return {
    of: async (job) => `${job}-${(await sealOf(job)).toString("base64url")}`,
    async jobOf(reference) {
      const [, number, seal = ""] = /^(\d{1,15})-([A-Za-z0-9_-]{16})$/.exec(reference) ?? [];
      if (number === undefined) return undefined;
      const job = Number(number);
      return timingSafeEqual(Buffer.from(seal, "base64url"), await sealOf(job)) ? job : undefined;
    },
  };
}
