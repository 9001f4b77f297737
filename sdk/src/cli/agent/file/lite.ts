#!/usr/bin/env node
/** `outrider-agent-lite.mjs`: the whole agent in one file, without mail. */
import { startAgentFile } from "./start.ts";

await startAgentFile(undefined);
