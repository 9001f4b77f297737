/**
 * Which characters nobody sees, or are not what they seem: controls, bidirectional marks, zero-width characters,
 * variation selectors, tags, fillers, lone surrogates, private use. The schema's PlainText refuses exactly these
 * (THREATS E3, P4).
 */
const classes = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\uffff]`;
const one = new RegExp(classes, "u");
const every = new RegExp(classes, "gu");

/** The first of them in a text. */
export function invisibleIn(text: string): string | undefined {
  return one.exec(text)?.[0];
}

/** The text with something to see in the place of each. */
export function showInvisible(text: string, sign: string): string {
  return text.replaceAll(every, sign);
}
