/**
 * Patterns of package and group names: `*` stands for any characters, none included; everything else for itself.
 * Linear memory and no regular expression, because the names come from signed but possibly hostile documents.
 */

/** Does the pattern fit the whole name? */
export function fits(pattern: string, name: string): boolean {
  let atPattern = 0;
  let atName = 0;
  let star = -1;
  let resume = 0;
  while (atName < name.length) {
    if (pattern[atPattern] === "*") {
      star = atPattern++;
      resume = atName;
    } else if (pattern[atPattern] === name[atName]) {
      atPattern++;
      atName++;
    } else if (star >= 0) {
      // Let the last star take one character more.
      atPattern = star + 1;
      atName = ++resume;
    } else return false;
  }
  while (pattern[atPattern] === "*") atPattern++;
  return atPattern === pattern.length;
}
