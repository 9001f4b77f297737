/**
 * What is shown beside the pointer: the service says a value's meaning once more below the list that has it already.
 */

/** The text without its last paragraph, where a line of a list before says the same. */
export function withoutRepeat(markdown: string): string {
  const paragraphs = markdown.trimEnd().split(/\n{2,}/);
  const last = paragraphs.at(-1) ?? "";
  const before = paragraphs.slice(0, -1);
  const isSaid = before.some((paragraph) => paragraph.split("\n").includes(`- ${last}`));
  return isSaid ? before.join("\n\n") : markdown;
}
