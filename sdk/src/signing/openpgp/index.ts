/** Row 1, people's side: makes, opens and judges OpenPGP keys with OpenPGP.js (LGPL). Agents never load it. */
export { encryptTo, judgeEncryptionKey } from "./encrypt.ts";
export { describeKeys, exportKeys, type KeyDescription, type KeyExport } from "./describe.ts";
export {
  defaultLifetimeMs,
  generateKey,
  type GeneratedKey,
  type GenerateKeyOptions,
  type KeyAlgorithm,
} from "./generate.ts";
export { judgeCertificate, type JudgeOptions } from "./judge.ts";
export { openSecretKey, type SecretKeyOptions } from "./open.ts";
