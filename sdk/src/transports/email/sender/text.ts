/** What a person reads who opens the mail. Every value is signed text of a push, still stripped of control characters. */
import type { Delivery } from "../../../transport/index.ts";

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line, no control, bidirectional or zero-width characters. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, " ").trim().slice(0, 2000);
}

/** The subject line. */
export function subjectLine({ summary }: Delivery): string {
  return printable(`Update: ${summary.packageName} ${summary.version}`);
}

/** The body for people; lines end in CRLF. */
export function bodyText(delivery: Delivery, from: string): string {
  const { packageName, version, reason } = delivery.summary;
  const carried =
    delivery.attachment === undefined
      ? "The package itself is not attached; the agent obtains it."
      : "The package itself is attached.";
  return [
    "This is a message for the Outrider agent that reads this mailbox.",
    "",
    `What:  ${printable(packageName)} ${printable(version)}`,
    `From:  ${from}`,
    `Why:   ${printable(reason)}`,
    "",
    "What happens next: the agent checks the signatures of the release and of the push,",
    `installs the package on its machine and reports back. ${carried}`,
    "There is nothing for you to do. Do not open the attachments by hand.",
    "",
    `Deployment ${printable(delivery.deployment)}`,
    `Message ${printable(delivery.id)}`,
    "",
  ].join("\r\n");
}
