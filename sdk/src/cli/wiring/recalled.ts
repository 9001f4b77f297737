/**
 * Has the server taken this release back? Its store knows, by the orders that it obeyed; the trust document tells only
 * of what the roots recalled (ADR 0032). Whoever publishes where the store is not, is told that the server has the last
 * word.
 */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { fileExists } from "../../release/files.ts";
import type { ServerConfig } from "../../schema/index.ts";
import { isRecalled } from "../../server/publishing/contents.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { openStore, storeFile } from "./store.ts";

/** A release, for people and by its manifest. */
export interface NamedRelease {
  readonly name: string;
  readonly version: string;
  /** SHA-256. */
  readonly manifest: string;
}

/** @returns what to tell whoever publishes, where it cannot be known. @throws RECALLED */
export async function refuseRecalled(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
  { name, version, manifest }: NamedRelease,
): Promise<string | undefined> {
  const asked = await askStore(terminal, config, manifest);
  if (asked === true)
    throw new OutriderError(
      "RECALLED",
      `${name} ${version} was recalled: no push of it is accepted any more, so it is not published. Publish a new version.`,
      { subject: manifest },
    );
  return asked === false
    ? undefined
    : `Whether ${name} ${version} was recalled is not known here (${asked}). If it was, the server refuses every push of it.`;
}

/** Yes or no, or why that is not known. */
async function askStore(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
  manifest: string,
): Promise<boolean | string> {
  const { store, host } = config.values;
  const file = storeFile(config);
  // Asking must not make a store: before the first start of a server there is none, and nothing was recalled.
  if (store === undefined && !(await fileExists(terminal, file)))
    return host?.bucket === undefined ? false : `${file} is not there`;
  try {
    const opened = await openStore(terminal, config);
    try {
      return await isRecalled(opened.values, manifest);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (isOutriderError(error)) return error.message.replace(/\.$/, "");
    throw error;
  }
}
