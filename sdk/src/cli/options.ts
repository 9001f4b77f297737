/** Reading the values of options. */
import { InvalidArgumentError, Option, type Command } from "commander";
import type { TransportChoice } from "../release/push-order.ts";
import { parseWave, parseWindow } from "../release/push-words.ts";

/** A whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("A whole number is needed.");
  return Number(text);
}

/** A share in percent, as a part of one. */
export function percentage(text: string): number {
  if (!/^\d{1,3}(\.\d{1,6})?$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError("A percentage is needed, from 0 to 100.");
  return Number(text) / 100;
}

/** The last second of a day, in UTC. */
export function endOfDay(text: string): Date {
  const end = new Date(`${text}T23:59:59Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(end.getTime()))
    throw new InvalidArgumentError("A day is needed, YYYY-MM-DD.");
  return end;
}

/** A moment, RFC 3339. */
export function moment(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError("A moment is needed, such as 2026-11-22T12:00:00Z.");
  return date;
}

/** Collects an option that may be given several times. */
export function several(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** What a push is ordered by: the same for what is pushed and for what is planned. Each wins over the push file. */
export function addOrderOptions(command: Command): Command {
  return command
    .option("--group <name>", "for this group; may be given several times", several)
    .option("--agent <id>", "for this agent; may be given several times", several)
    .option(
      "--transport <name>",
      "tell machines by this only: email, unc, stick or http, or any; may be given several times",
      severalOf(transport),
    )
    .addOption(
      new Option("--now", "at once, whatever the push file says of times").conflicts([
        "at",
        "window",
      ]),
    )
    .option("--at <time>", "send nothing before, such as 2026-12-24T20:00:00Z", moment)
    .option(
      "--window <window>",
      'send only then, such as "mon-fri 22:00-04:00 Europe/Berlin"; may be given several times',
      severalOf(asArgument(parseWindow)),
    )
    .option(
      "--wave <wave>",
      "a share of the audience such as 25%, cumulative, or a group; several, in order",
      severalOf(asArgument(parseWave)),
    )
    .option("--first-of-one", "let a first wave of one machine go ahead")
    .addOption(
      new Option("--delivery <how>", "does the archive travel along?").choices([
        "attach",
        "offer",
        "auto",
      ]),
    )
    .option(
      "--valid <seconds>",
      "how long the order is good, from when it may be sent (default: a week)",
      wholeNumber,
    )
    .option(
      "--allow-downgrade <version>",
      "installed version that this older release may replace; may be given several times",
      several,
    );
}

function transport(text: string): TransportChoice {
  const known: readonly TransportChoice[] = ["email", "unc", "stick", "http", "any"];
  const found = known.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${known.join(", ")}.`);
  return found;
}

function severalOf<T>(parse: (text: string) => T) {
  return (text: string, before: readonly T[] | undefined): T[] => [...(before ?? []), parse(text)];
}

/** What is wrong with it is said with the name of the option. */
function asArgument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}
