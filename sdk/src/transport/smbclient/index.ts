/** Shares that nobody mounted, through Samba's `smbclient`. */
export type { SmbclientOptions } from "./place.ts";
export { smbclientShare } from "./share.ts";
