/** The package host of a server's configuration. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { bucketHost, directoryHost, type PackageHost } from "../../host/index.ts";
import { readSecret } from "../../release/files.ts";
import type { BucketConfig, ServerConfig } from "../../schema/index.ts";
import type { PackageSource } from "../../server/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";

/** Packages for whoever publishes and for the server. */
export interface WiredHost {
  readonly host: PackageHost;
  /** The host as the server sees it: with links to the storage, where agents are sent there. */
  readonly packages: PackageSource;
}

/** Opens it, making its folders. @throws FILE_UNREADABLE, FILE_MISSING, CONFIG_INVALID */
export async function openHost(
  terminal: Terminal,
  { values, resolve, path: configPath }: Configuration<ServerConfig>,
): Promise<WiredHost> {
  const path = join(resolve(values.dataDirectory), "host");
  const bucket = values.host?.bucket;
  if (bucket === undefined) {
    const host = await directoryHost({ path });
    return { host, packages: host };
  }
  const { endpoint, region, linkSeconds } = bucket;
  const host = await bucketHost({
    path,
    endpoint,
    ...(region === undefined ? {} : { region }),
    ...(await readLogin(terminal, bucket, resolve, configPath)),
  });
  const packages: PackageSource = {
    find: (manifest) => host.find(manifest),
    archive: (sha256) => host.archive(sha256),
    ...(linkSeconds === undefined ? {} : { link: (sha256) => host.link(sha256, linkSeconds) }),
  };
  return { host, packages };
}

/** From files and the environment; a secret never stands in a configuration or on a command line. */
async function readLogin(
  terminal: Terminal,
  { accessKeyId, secretKeyFile }: BucketConfig,
  resolve: (path: string) => string,
  configPath: string,
): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const { environment } = terminal;
  const id = accessKeyId ?? environment["AWS_ACCESS_KEY_ID"] ?? "";
  const secret =
    secretKeyFile === undefined
      ? (environment["AWS_SECRET_ACCESS_KEY"] ?? "")
      : await readSecret(terminal, resolve(secretKeyFile));
  if (id !== "" && secret !== "") return { accessKeyId: id, secretAccessKey: secret };
  throw new OutriderError(
    "CONFIG_INVALID",
    `${configPath} names a bucket without ${id === "" ? "an access key" : "its secret key"}. Set host.bucket.${id === "" ? "accessKeyId" : "secretKeyFile"}, or the environment's ${id === "" ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"}.`,
    { subject: configPath, pointer: "/host/bucket" },
  );
}
