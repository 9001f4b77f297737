/** User ids are whatever somebody wrote into a certificate: a name must not look like another, nor forge a line. */
import { invisibleIn, showInvisible } from "../../schema/index.ts";

const maxLength = 2000;

/** May this stand in a trust document? */
export function isPlainName(name: string): boolean {
  return name !== "" && name.length <= maxLength && invisibleIn(name) === undefined;
}

/** Any user id, fit to be shown to a person. */
export function showUserId(userId: string): string {
  return showInvisible(userId.slice(0, maxLength), "\ufffd");
}
