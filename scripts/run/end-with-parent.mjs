/**
 * Loaded before a foreground command: ends it when run.mjs is gone, even if that was killed.
 *
 * The command gets the chance that SIGTERM would give it: its own handler, if it has one.
 */

import process from "node:process";

process.once("disconnect", () => {
  if (!process.emit("SIGTERM", "SIGTERM")) process.exit(143);
});
process.channel?.unref();
