/** Names outside of documents, an option for instance: held to the same `schemas/common.schema.json`. */
import type { AgentId } from "./generated/types.ts";
import { agentId } from "./generated/validators/common.ts";
import { validator, type Validator } from "./validator.ts";

/** May an agent be called this? */
export const isAgentId: Validator<AgentId> = /* @__PURE__ */ validator(agentId);
