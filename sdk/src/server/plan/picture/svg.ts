/**
 * SVG 1.1 by hand: text that is escaped, and one look for all pictures. Colours are classes with a second set for dark
 * surroundings, so that a picture is readable wherever it is shown: in a browser, in an editor, in a README.
 */

/** A piece of SVG. */
export type Svg = string & { readonly svg: true };

/** Writes an element; attributes are escaped, numbers rounded to a hundredth. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly Svg[]
): Svg {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(typeof value === "number" ? round(value) : String(value))}"`,
    )
    .join("");
  const inner = children.join("");
  return (inner === "" ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`) as Svg;
}

/** Plain text, which may come from a stranger. */
export function textOf(text: string): Svg {
  return escape(text) as Svg;
}

/** A line of text at a place. */
export function label(
  x: number,
  y: number,
  text: string,
  look: "title" | "name" | "ink" | "soft",
  anchor: "start" | "middle" | "end" = "start",
): Svg {
  return element("text", { x, y, class: look, "text-anchor": anchor }, textOf(text));
}

/** A whole picture on a card of its own. */
export function picture(
  size: { readonly width: number; readonly height: number },
  words: { readonly title: string; readonly description: string },
  ...children: readonly Svg[]
): string {
  const { width, height } = size;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      class: "outrider-picture",
    },
    element("title", {}, textOf(words.title)),
    element("desc", {}, textOf(words.description)),
    element("style", {}, style as Svg),
    element("rect", {
      class: "card",
      x: 0.5,
      y: 0.5,
      width: width - 1,
      height: height - 1,
      rx: 10,
    }),
    ...children,
  );
}

/** Names of the colours: told apart also by those who do not see red from green (after Okabe and Ito). */
export const colours = ["blue", "orange", "green", "purple", "red", "grey"] as const;
/** One of them. */
export type Colour = (typeof colours)[number];

const light: Readonly<Record<Colour, string>> = {
  blue: "#0969da",
  orange: "#c4621b",
  green: "#1a7f64",
  purple: "#8250df",
  red: "#cf222e",
  grey: "#6e7781",
};
const dark: Readonly<Record<Colour, string>> = {
  blue: "#58a6ff",
  orange: "#f0a35e",
  green: "#4ac99b",
  purple: "#bc8cff",
  red: "#ff7b72",
  grey: "#8b949e",
};

function rules(set: Readonly<Record<Colour, string>>): string {
  return colours
    .map((name) => `.fill-${name}{fill:${set[name]}}.line-${name}{stroke:${set[name]}}`)
    .join("");
}

const style = [
  `.outrider-picture{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}`,
  `.card{fill:#fff;stroke:#d0d7de}.grid{stroke:#d8dee4;stroke-width:1}.band{fill:#f6f8fa}.hatch{stroke:#afb8c1}`,
  `.title{font-size:17px;font-weight:600;fill:#1f2328}.name{font-weight:600;fill:#1f2328}.ink{fill:#1f2328}.soft{fill:#59636e}`,
  `.curve{fill:none;stroke-linejoin:round}.area{opacity:.14}.track{opacity:.22}.limit{fill:none;stroke-dasharray:5 4;stroke-width:1.2}`,
  rules(light),
  `@media(prefers-color-scheme:dark){`,
  `.card{fill:#0d1117;stroke:#30363d}.grid{stroke:#262c36}.band{fill:#151b23}.hatch{stroke:#57606a}`,
  `.title,.name,.ink{fill:#e6edf3}.soft{fill:#9198a1}.area{opacity:.2}.track{opacity:.3}`,
  rules(dark),
  `}`,
].join("");

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "\uFFFD");
}
