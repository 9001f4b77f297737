#!/usr/bin/env node
/** `outrider-agent-lite.mjs`: the whole agent in one file, without mail and the opportunistic transport. */
import { startAgentFile } from "./start.ts";

await startAgentFile(undefined);
