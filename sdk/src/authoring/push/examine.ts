/** What is wrong with a push file beyond its schema. Each rule is a file of this folder. */
import type { PushFile } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";
import { examineAttachment } from "./attachment.ts";
import { examineAudience } from "./audience.ts";
import { examineEvents } from "./events.ts";
import { examineRollout } from "./rollout.ts";
import { examineTransports } from "./transports.ts";

/** Examines a push file that its schema accepts. */
export async function examinePush(push: PushFile, surroundings: Surroundings): Promise<Remark[]> {
  return [
    ...examineAudience(push, surroundings),
    ...examineTransports(push, surroundings),
    ...examineRollout(push.rollout),
    ...(await examineAttachment(push, surroundings)),
    ...examineEvents(push.on),
  ];
}
