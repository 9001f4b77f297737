/** The two functions that generated validators need at run time, in place of ajv's own. */

/** Length in characters, as JSON Schema counts it: a surrogate pair is one. */
export function ucs2length(text: string): number {
  let length = text.length;
  for (const character of text) length -= character.length - 1;
  return length;
}

/** Are two JSON values equal? */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null || Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        equal(left[name as keyof typeof left], right[name as keyof typeof right]),
    )
  );
}
