/** The package host of a server's configuration. */
import { join } from "node:path";
import { directoryHost, type PackageHost } from "../../host/index.ts";
import type { ServerConfig } from "../../schema/index.ts";
import type { Configuration } from "../config.ts";

/** Opens it, making its folders. @throws FILE_UNREADABLE */
export async function openHost({
  values,
  resolve,
}: Configuration<ServerConfig>): Promise<PackageHost> {
  return directoryHost({ path: join(resolve(values.dataDirectory), "host") });
}
