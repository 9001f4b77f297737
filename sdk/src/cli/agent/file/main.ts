#!/usr/bin/env node
/** `outrider-agent.mjs`: the whole agent in one file. */
import { mailReceivers } from "../../wiring/mail.ts";
import { startAgentFile } from "./start.ts";

await startAgentFile(mailReceivers);
