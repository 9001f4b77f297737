/** Row 4: where packages lie (patent 11). */
export {
  directoryHost,
  type DirectoryHost,
  type DirectoryHostOptions,
  type PublishedArchive,
  type PublishedPackage,
  type PublishOptions,
} from "./directory.ts";
