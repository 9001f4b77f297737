/** Shares that nobody mounted, through Samba's `smbclient`. */
export { isShareName, type SmbclientOptions } from "./place.ts";
export { smbclientShare } from "./share.ts";
