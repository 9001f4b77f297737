/** Configuration files: read, checked, and their relative paths resolved against their own folder. */
import { dirname, isAbsolute, resolve } from "node:path";
import { readFileText, resolvePath } from "../release/files.ts";
import {
  readDocumentText,
  validateAgentConfig,
  validateServerConfig,
  type AgentConfig,
  type ServerConfig,
  type Validator,
} from "../schema/index.ts";
import type { Terminal } from "./io.ts";

/** A configuration and how to resolve what it names. */
export interface Configuration<T> {
  readonly path: string;
  readonly values: T;
  /** Absolute path of something the file names. */
  readonly resolve: (path: string) => string;
}

/** The server's, unless the command line names another. */
export const defaultServerConfig = "outrider-server.json";
/** The agent's, likewise. */
export const defaultAgentConfig = "outrider-agent.json";

/** Reads a server's configuration. @throws FILE_MISSING, DOCUMENT_INVALID and the codes of parseJson */
export async function readServerConfig(
  terminal: Terminal,
  path: string,
): Promise<Configuration<ServerConfig>> {
  return readConfig(terminal, path, validateServerConfig);
}

/** Reads an agent's configuration. @throws as {@link readServerConfig} */
export async function readAgentConfig(
  terminal: Terminal,
  path: string,
): Promise<Configuration<AgentConfig>> {
  return readConfig(terminal, path, validateAgentConfig);
}

async function readConfig<T>(
  terminal: Terminal,
  path: string,
  validator: Validator<T>,
): Promise<Configuration<T>> {
  const values = readDocumentText(await readFileText(terminal, path), validator, path);
  const folder = dirname(resolvePath(terminal, path));
  return {
    path,
    values,
    resolve: (named) =>
      isAbsolute(named) || named.startsWith("\\\\") ? named : resolve(folder, named),
  };
}
