/** Reading the values of options. */
import { InvalidArgumentError, Option } from "commander";

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

/** `--delivery`, of what is pushed and of what is planned. */
export function deliveryOption(): Option {
  return new Option("--delivery <how>", "does the archive travel along?").choices([
    "attach",
    "offer",
    "auto",
  ]);
}
