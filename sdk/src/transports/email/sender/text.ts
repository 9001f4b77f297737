/**
 * What a person reads who opens the mail, as plain text and as modest HTML that fetches nothing. Every value is signed
 * text of a push, still stripped of control characters, and escaped.
 */
import { showInvisible } from "../../../schema/index.ts";
import type { Delivery, PartDelivery } from "../../../transport/index.ts";

/** The same words twice; lines end in CRLF. */
export interface LetterText {
  readonly subjectLine: string;
  readonly plain: string;
  readonly html: string;
}

/** One line, no control, bidirectional or invisible characters. */
export function printable(text: string): string {
  return showInvisible(text, " ").trim().slice(0, 2000);
}

/** Words of a mail with a signed document. */
export function documentText(delivery: Delivery, from: string): LetterText {
  if (delivery.order !== undefined) return orderText(delivery, orders[delivery.order], from);
  const { packageName, version, reason } = delivery.summary;
  const carried =
    delivery.attachment === undefined
      ? "The package itself is not attached; the agent obtains it."
      : "The package itself is attached.";
  return written(`Update: ${packageName} ${version}`, {
    greeting: "This is a message for the Outrider agent that reads this mailbox.",
    facts: [
      ["What", `${packageName} ${version}`],
      ["From", from],
      ["Why", reason],
    ],
    next: [
      "What happens next: the agent checks the signatures of the release and of the push,",
      `installs the package on its machine and reports back. ${carried}`,
      "There is nothing for you to do. Do not open the attachments by hand.",
    ],
    references: [`Deployment ${delivery.deployment}`, `Message ${delivery.id}`],
  });
}

const orders: Readonly<Record<NonNullable<Delivery["order"]>, readonly [string, string]>> = {
  approve: ["Approved", "goes on."],
  pause: ["Paused", "waits until it is told to go on, unless it has begun to install it."],
  resume: ["Resumed", "goes on where it waited."],
  halt: ["Halted", "drops it, unless it has begun to install it."],
  recall: ["Recalled", "does not install this release any more."],
};

/** Words of a mail that tells of an order. */
function orderText(
  { summary: { packageName, version, reason }, deployment, id }: Delivery,
  [title, effect]: readonly [string, string],
  from: string,
): LetterText {
  return written(`${title}: ${packageName} ${version}`, {
    greeting: "This is a message for the Outrider agent that reads this mailbox.",
    facts: [
      ["What", `${title}: ${packageName} ${version}`],
      ["From", from],
      ["Why", reason],
    ],
    next: [
      `What happens next: the agent checks who signed this order, and ${effect}`,
      "There is nothing for you to do.",
    ],
    references: [`Deployment ${deployment}`, `Message ${id}`],
  });
}

/** Words of a mail with a numbered part. */
export function partText(part: PartDelivery, from: string): LetterText {
  const { packageName, version, reason } = part.summary;
  const { number, count } = part;
  return written(`Update: ${packageName} ${version}, part ${number} of ${count}`, {
    greeting: "This is a message for the Outrider agent that reads this mailbox.",
    facts: [
      ["What", `${packageName} ${version}, part ${number} of ${count}`],
      ["From", from],
      ["Why", reason],
    ],
    next: [
      "The package is too large for one mail, so it comes in numbered parts. The agent puts them",
      "together, whatever their order, and asks for any that is missing.",
      "There is nothing for you to do. Do not open the attachment by hand.",
    ],
    references: [`Deployment ${part.deployment}`],
  });
}

interface Words {
  readonly greeting: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly next: readonly string[];
  readonly references: readonly string[];
}

function written(subject: string, { greeting, facts, next, references }: Words): LetterText {
  const plain = [
    greeting,
    "",
    ...facts.map(([name, value]) => `${`${name}:`.padEnd(6)} ${printable(value)}`),
    "",
    ...next.map(printable),
    "",
    ...references.map(printable),
    "",
  ];
  const html = [
    "<!DOCTYPE html>",
    '<html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font-family: sans-serif">',
    `<p>${escaped(greeting)}</p>`,
    "<table>",
    ...facts.map(
      ([name, value]) =>
        `<tr><th scope="row" align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
    ),
    "</table>",
    "<p>",
    ...next.map(escaped),
    "</p>",
    "<p><small>",
    references.map(escaped).join("<br>"),
    "</small></p>",
    "</body></html>",
    "",
  ];
  return {
    subjectLine: printable(subject),
    plain: plain.join("\r\n"),
    html: html.join("\r\n"),
  };
}

function escaped(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
