/** Row 0: what the outside world must offer. */
export { systemClock, type Clock } from "./clock.ts";
export { lockDirectory, lockHolder, type DirectoryLock, type LockOwner } from "./directory-lock.ts";
export {
  isFull,
  isHeld,
  type FileFacts,
  type FileHandle,
  type FileSystem,
  type OpenMode,
} from "./filesystem.ts";
export type { KeySource } from "./key-source.ts";
export { silentLogger, type Logger, type LogLevel } from "./logger.ts";
export { nodeFileSystem, syncedWrite, readWhole } from "./node-filesystem.ts";
