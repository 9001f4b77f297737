/** Puts values into a sentence: `{0}` stands for the first. */
export function filled(text: string | undefined, ...values: readonly (string | number)[]): string {
  return (text ?? "").replace(/\{(\d)\}/g, (_whole, at: string) =>
    String(values[Number(at)] ?? ""),
  );
}
