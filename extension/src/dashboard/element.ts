/** Builds the page out of text nodes and attributes: nothing that a server says is ever parsed as HTML (THREATS E2). */

type Content = Element | string | undefined;

/** An HTML element. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly Content[]
): HTMLElement {
  return fill(document.createElement(name), attributes, content);
}

function fill<E extends Element>(
  made: E,
  attributes: Readonly<Record<string, string>>,
  content: readonly Content[],
): E {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content.filter((part) => part !== undefined));
  return made;
}

/** A table with a caption for those who hear it. */
export function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly (string | Element)[])[],
): HTMLElement {
  return element(
    "table",
    {},
    element("caption", { class: "heard" }, caption),
    element(
      "thead",
      {},
      element("tr", {}, ...headings.map((heading) => element("th", { scope: "col" }, heading))),
    ),
    element(
      "tbody",
      {},
      ...rows.map((cells) =>
        element(
          "tr",
          {},
          ...cells.map((cell, at) =>
            at === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell),
          ),
        ),
      ),
    ),
  );
}
