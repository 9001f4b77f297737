/** Row 1, people's side: where signatures come from. Each is a factory of a KeySource. */
export { callbackKeySource, type CallbackKeyOptions, type DigestRequest } from "./callback.ts";
export { listKeyFiles, type KeyFile } from "./directory.ts";
export { fileKeySource } from "./file.ts";
export { gpgKeySource, type GpgKeyOptions } from "./gpg.ts";
export { listGpgKeys } from "./gpg-list.ts";
export { describePublicKey, type PublicKeyOptions } from "./public-key.ts";
export type { GpgOptions } from "./run-gpg.ts";
