/** Row 1, people's side: makes, opens and judges OpenPGP keys with OpenPGP.js (LGPL). Agents never load it. */
export {
  generateKey,
  type GeneratedKey,
  type GenerateKeyOptions,
  type KeyAlgorithm,
} from "./generate.ts";
export { judgeCertificate } from "./judge.ts";
export { openSecretKey, type SecretKeyOptions } from "./open.ts";
