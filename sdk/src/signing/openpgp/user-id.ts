/** User ids are whatever somebody wrote into a certificate: a name must not look like another, nor forge a line. */

/** As the schema's PlainText: no control, bidirectional, zero-width or replacement characters. */
const deceptive = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u2065\ufff9-\uffff]/gu;
const maxLength = 2000;

/** May this stand in a trust document? */
export function isPlainName(name: string): boolean {
  return name !== "" && name.length <= maxLength && name.search(deceptive) < 0;
}

/** Any user id, fit to be shown to a person. */
export function showUserId(userId: string): string {
  return userId.slice(0, maxLength).replaceAll(deceptive, "\ufffd");
}
