/** Every verb of the command line, in the order that help shows them. */
import type { CommandDefinition } from "../command.ts";
import { agent } from "./agent/index.ts";
import { build } from "./build.ts";
import { init } from "./init.ts";
import { inspect } from "./inspect.ts";
import { keys } from "./keys/index.ts";
import { publish } from "./publish.ts";
import { push } from "./push.ts";
import { serve } from "./serve.ts";
import { sign } from "./sign.ts";
import { trust } from "./trust/index.ts";
import { validate } from "./validate.ts";
import { verify } from "./verify.ts";

export const commands: readonly CommandDefinition[] = [
  init,
  validate,
  build,
  inspect,
  sign,
  verify,
  keys,
  trust,
  publish,
  serve,
  push,
  agent,
];
