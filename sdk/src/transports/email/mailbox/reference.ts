/** The reference in a Message-ID of a mail of ours (sender/message.ts): `<DIGEST.REFERENCE@domain>`. */
const ours = /<[0-9a-f]{24}\.([A-Za-z0-9_-]{1,64})@[^\s<>@]{1,255}>/;

/** The first reference in a field; `undefined` where none of its Message-IDs is one of ours. */
export function referenceIn(field: string): string | undefined {
  return ours.exec(field)?.[1];
}
