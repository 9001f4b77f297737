/** JSON as people write it, to stand among what is there already. */

const maxFlat = 60;

/**
 * A value on one line where it is short, else a line a member.
 *
 * @param indent of the line that it begins on; without one all of it goes on one line.
 */
export function jsonText(value: unknown, indent: string | undefined, unit: string): string {
  const flat = flatOf(value);
  if (typeof value !== "object" || value === null || indent === undefined || flat.length <= maxFlat)
    return flat;
  const inner = indent + unit;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const lines = Array.isArray(value)
    ? value.map((one) => jsonText(one, inner, unit))
    : Object.entries(value).map(
        ([name, one]) => `${JSON.stringify(name)}: ${jsonText(one, inner, unit)}`,
      );
  return `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}

function flatOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, one]) => `${JSON.stringify(name)}: ${flatOf(one)}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** How far the file itself indents. */
export function indentUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}
