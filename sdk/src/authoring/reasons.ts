/**
 * What other parts of Outrider say against a file, taken apart again into a sentence and its values, so that an editor
 * can say it in another language. Words that are not known here stay as they were said.
 */
import { say, type Sentence } from "../errors/index.ts";

/** Of the builder and of mail addresses; `{0}` stands for what differs. A test holds them to what is really said. */
const reasons: readonly Sentence[] = [
  say("{0} is a link; copy what it stands for, or exclude it."),
  say("{0} is reached through a link; copy what it stands for, or exclude it."),
  say("{0} is no regular file; copy what it stands for, or exclude it."),
  say("{0} is not below the base {1}; change the base."),
  say("{0}: {1} leads out of {2}; put the manifest above its files."),
  say("more than {0} files; split the package, or pack them into one."),
  say("two variants have the name {0}; rename one."),
  say("variant {0}: {1} is not a range of versions such as ^2.1.0."),
  say("requires {0}: {1} is not a range of versions such as ^2.1.0."),
  say("{0} and {1} would lie at the same place in the archive; rename one."),
  say("{0} and {1} would lie at the same place on the machine; rename one."),
  say("the path {0} is longer than {1} characters; rename the file."),
  say("the path {0} has the character {1}; rename the file."),
  say("the path {0} is not in Unicode's normal form C; rename the file."),
  say("the path {0} is more than {1} folders deep; rename the file."),
  say("the path {0} has an empty part, or begins or ends with a slash; rename the file."),
  say("the path {0} has the part {1}, which Windows would rename; rename the file."),
  say("the path {0} has the part {1}, which is a device on Windows; rename the file."),
  say("the path {0} has a part longer than {1} bytes; rename the file."),
  say("the path {0} has the part {1}; rename the file."),
  say(
    "The mail address {0} is longer than {1} characters. Write only the plain address, such as updates@example.com.",
  ),
  say(
    "The mail address {0} must have exactly one @. Write only the plain address, such as updates@example.com.",
  ),
  say(
    "The mail address {0} has something other than plain letters, digits and !#$%&'*+-/=?^_`{|}~. before the @. Write only the plain address, such as updates@example.com.",
  ),
  say(
    "The mail address {0} has something other than a DNS name after the @. Write only the plain address, such as updates@example.com.",
  ),
];

/** A message as a sentence; where it is none of these, the message is all of it. */
export function reasonIn(message: string): Sentence {
  for (const { text } of reasons) {
    const match = new RegExp(`^${patternOf(text)}$`, "su").exec(message);
    if (match !== null) return { text, values: match.slice(1) };
  }
  return { text: "{0}", values: [message] };
}

function patternOf(text: string): string {
  return text
    .split(/\{\d\}/)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join("(.+)");
}
