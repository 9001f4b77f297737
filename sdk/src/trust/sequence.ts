/**
 * The place of a notification in what its server key said (THREATS N8): within a package the sequence never falls.
 * Across packages it may, because mails overtake each other. The same again is `known`; so is an earlier word of the
 * same trigger, which can roll nothing back.
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import {
  remember,
  serverMemory,
  withServer,
  type NotificationMemory,
  type TrustMemory,
} from "./memory.ts";
import type { Standing } from "./verified.ts";

/** @throws ROLLBACK, EQUIVOCATION */
export function standingOf(
  memory: TrustMemory,
  keys: readonly string[],
  word: NotificationMemory,
): Standing {
  let standing: Standing = "known";
  for (const key of keys) {
    const last = serverMemory(memory, key).notifications.find(({ name }) => name === word.name);
    if (last === undefined || word.sequence > last.sequence) standing = "new";
    else if (word.sequence < last.sequence && word.trigger !== last.trigger)
      throw new OutriderError(
        "ROLLBACK",
        say(
          "Notification {0} for {1} is old: server {2} has said {3}. It is not used.",
          word.sequence,
          word.name,
          key,
          last.sequence,
        ),
      );
    else if (word.sequence === last.sequence && word.sha256 !== last.sha256)
      throw new OutriderError(
        "EQUIVOCATION",
        say(
          "Server {0} made two different notifications {1} for {2}. Its key is used twice, or was stolen.",
          key,
          word.sequence,
          word.name,
        ),
      );
  }
  return standing;
}

/** For people: whether what a server says is news. */
export function describeStanding(standing: Standing, sequence: number): Sentence {
  return standing === "new" ? say("Sequence {0} is new.", sequence) : say("It is known already.");
}

/** Remembers it under every server key that signed, where it is the latest. */
export function rememberNotification(
  memory: TrustMemory,
  keys: readonly string[],
  word: NotificationMemory,
): TrustMemory {
  return keys.reduce((memory, key) => {
    const server = serverMemory(memory, key);
    const last = server.notifications.find(({ name }) => name === word.name);
    if (last !== undefined && last.sequence >= word.sequence) return memory;
    return withServer(memory, {
      ...server,
      notifications: remember(server.notifications, word, ({ name }) => name),
    });
  }, memory);
}
