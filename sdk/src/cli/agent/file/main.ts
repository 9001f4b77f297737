#!/usr/bin/env node
/** `outrider-agent.mjs`: the whole agent in one file. */
import { largeTransports } from "../../wiring/large-transports.ts";
import { startAgentFile } from "./start.ts";

await startAgentFile(largeTransports);
