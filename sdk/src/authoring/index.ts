/** Row 5: what people should hear about the files they write, beyond the schemas. */
export { examinePackage } from "./package/examine.ts";
export { filesOfSet, type Folder } from "./package/file-sets.ts";
export { inEnglish, say, type Change, type Remark, type Repair, type Sentence } from "./remark.ts";
