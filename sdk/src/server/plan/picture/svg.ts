/**
 * SVG 1.1 by hand: text that is escaped, and one look for all pictures. Colours are classes with a second set for dark
 * surroundings, and variables that a page may set, so that a picture is readable wherever it is shown: in a browser, in
 * an editor, in a README.
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

/** What a picture is painted with. */
export type PaintName = Colour | "card" | "edge" | "grid" | "band" | "hatch" | "ink" | "soft";

/** On light and on dark ground. */
const paints: Readonly<Record<PaintName, readonly [light: string, dark: string]>> = {
  card: ["#fff", "#0d1117"],
  edge: ["#d0d7de", "#30363d"],
  grid: ["#d8dee4", "#262c36"],
  band: ["#f6f8fa", "#151b23"],
  hatch: ["#afb8c1", "#57606a"],
  ink: ["#1f2328", "#e6edf3"],
  soft: ["#59636e", "#9198a1"],
  blue: ["#0969da", "#58a6ff"],
  orange: ["#c4621b", "#f0a35e"],
  green: ["#1a7f64", "#4ac99b"],
  purple: ["#8250df", "#bc8cff"],
  red: ["#cf222e", "#ff7b72"],
  grey: ["#6e7781", "#8b949e"],
};

/**
 * A page around a picture paints it by setting `--outrider-NAME`, such as `--outrider-ink`. What it does not set is
 * painted for the ground that the reader's system prefers.
 */
export const paintNames: readonly PaintName[] = Object.keys(paints) as PaintName[];

/** The plain colour first: there are readers of SVG that know no variables, and pass over the second. */
function paint(property: "fill" | "stroke", name: PaintName, ground: 0 | 1): string {
  const colour = paints[name][ground];
  return `${property}:${colour};${property}:var(--outrider-${name},${colour})`;
}

function painted(ground: 0 | 1): string {
  return [
    `.card{${paint("fill", "card", ground)};${paint("stroke", "edge", ground)}}`,
    `.grid{${paint("stroke", "grid", ground)}}.hatch{${paint("stroke", "hatch", ground)}}`,
    `.band{${paint("fill", "band", ground)}}.soft{${paint("fill", "soft", ground)}}`,
    `.title,.name,.ink{${paint("fill", "ink", ground)}}`,
    ...colours.map(
      (name) =>
        `.fill-${name}{${paint("fill", name, ground)}}.line-${name}{${paint("stroke", name, ground)}}`,
    ),
  ].join("");
}

const style = [
  `.outrider-picture{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}`,
  `.grid{stroke-width:1}.title{font-size:17px;font-weight:600}.name{font-weight:600}`,
  `.curve{fill:none;stroke-linejoin:round}.area{opacity:.17}.track{opacity:.26}.limit{fill:none;stroke-dasharray:5 4;stroke-width:1.2}`,
  painted(0),
  `@media(prefers-color-scheme:dark){${painted(1)}}`,
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
