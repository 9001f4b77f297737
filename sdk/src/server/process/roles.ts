/** What one process of several does. */

/**
 * api: takes triggers, controls and receipts, and answers; any number. sender: sends what is due; any number.
 * scheduler: moves deployments; of several, one at a time. mailbox: reads what comes in beside HTTP; each way in by one
 * at a time.
 */
export type ServerRole = "api" | "sender" | "scheduler" | "mailbox";

/** All of them. */
export const serverRoles: readonly ServerRole[] = ["api", "sender", "scheduler", "mailbox"];
