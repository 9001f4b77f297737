/** Every verb of the command line, in the order that help shows them. */
import type { CommandDefinition } from "../command.ts";
import { build } from "./build.ts";
import { keys } from "./keys.ts";
import { validate } from "./validate.ts";

export const commands: readonly CommandDefinition[] = [validate, keys, build];
