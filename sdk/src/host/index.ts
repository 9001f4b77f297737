/** Row 4: where packages lie (patent 11). */
export { bucketHost, type BucketHost, type BucketHostOptions } from "./bucket/host.ts";
export type { BucketOptions } from "./bucket/objects.ts";
export { directoryHost, type DirectoryHostOptions } from "./directory.ts";
export type { PackageHost, PublishedArchive, PublishedPackage, PublishOptions } from "./host.ts";
