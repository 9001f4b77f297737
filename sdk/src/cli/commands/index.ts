/** Every verb of the command line, in the order that help shows them. */
import type { CommandDefinition } from "../command.ts";
import { build } from "./build.ts";
import { keys } from "./keys/index.ts";
import { sign } from "./sign.ts";
import { trust } from "./trust/index.ts";
import { validate } from "./validate.ts";
import { verify } from "./verify.ts";

export const commands: readonly CommandDefinition[] = [validate, keys, trust, build, sign, verify];
