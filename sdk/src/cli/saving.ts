/** What a patch spares whoever has its base: `92 % less`. */
export function describeSaving(bytes: number, instead: number): string {
  const saved = Math.floor((1 - bytes / instead) * 100);
  return saved > 0 ? `${saved} % less` : "no less";
}
