#!/usr/bin/env node
/** `outrider-agent.mjs`: the whole agent in one file. */
import { largeTransports } from "../../wiring/large-transports.ts";
import { examineAgent } from "../doctor/index.ts";
import { startAgentFile } from "./start.ts";

await startAgentFile({ large: largeTransports, examine: examineAgent });
