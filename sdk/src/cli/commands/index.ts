/** Every verb of the command line, in the order that help shows them. */
import type { CommandDefinition } from "../command.ts";
import { agent } from "./agent/index.ts";
import { agents } from "./agents/index.ts";
import { audit } from "./audit/index.ts";
import { backups } from "./backup.ts";
import { build } from "./build.ts";
import { bundle } from "./bundle.ts";
import { controls } from "./control.ts";
import { init } from "./init.ts";
import { inspect } from "./inspect.ts";
import { keys } from "./keys/index.ts";
import { plan } from "./plan.ts";
import { prune } from "./prune.ts";
import { publish } from "./publish.ts";
import { push } from "./push.ts";
import { receipts } from "./receipts/index.ts";
import { serve } from "./serve.ts";
import { sign } from "./sign.ts";
import { status } from "./status.ts";
import { trigger } from "./trigger/index.ts";
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
  plan,
  push,
  status,
  controls,
  serve,
  bundle,
  receipts,
  prune,
  backups,
  agents,
  audit,
  trigger,
  agent,
];
