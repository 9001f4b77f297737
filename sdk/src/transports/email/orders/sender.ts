/**
 * Triggers by mail: a person's way to a server that has a mailbox and no open port. What cannot be delivered comes back
 * to that person.
 */
import type { MailedKind } from "../document-mail.ts";
import { openPost, type Post, type PostOptions } from "../post.ts";

/** Where triggers go, and by which relay. */
export type EmailOrderSenderOptions = Omit<PostOptions, "bounces">;

const trigger: MailedKind = {
  type: "trigger/1",
  name: "trigger",
  words: [
    "Somebody orders a deployment. The order is attached, signed, and meant for the",
    "deployment server. There is nothing to do.",
  ],
};

/** Sends triggers by mail. @throws ADDRESS_INVALID; CONFIG_INVALID for mail without TLS to another machine */
export function emailOrderSender(options: EmailOrderSenderOptions): { readonly send: Post } {
  return { send: openPost(trigger, { ...options, bounces: "from" }) };
}
