/** `outrider publish`: copies a signed package to the server's host. */
import { dirname } from "node:path";
import { say } from "../../errors/index.ts";
import { sealText } from "../../messages/index.ts";
import { systemClock } from "../../ports/index.ts";
import { openPackage } from "../../release/package.ts";
import { openTrust } from "../../release/trust.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { CommandDefinition } from "../command.ts";
import { defaultServerConfig, readServerConfig } from "../config.ts";
import { formatBytes } from "../format.ts";
import type { Terminal } from "../io.ts";
import { openHost } from "../wiring/host.ts";
import { refuseRecalled, type NamedRelease } from "../wiring/recalled.ts";

export const publish: CommandDefinition = (program, context) => {
  program
    .command("publish")
    .argument("<package>", "an archive, or the folder that build made, with its patches")
    .option("--config <file>", "the server's configuration", defaultServerConfig)
    .description("check a package and copy it to the server's package storage")
    .addHelpText(
      "after",
      "\nExample:\n  outrider publish dist/press-control-3.0.0 --config outrider-server.json",
    )
    .action(async (target: string, options: { config: string }) => {
      const terminal = context.terminal();
      const config = await readServerConfig(terminal, options.config);
      const trust = await openTrust(terminal, config.resolve(config.values.trustFile));
      const { path, release } = await checkSignatures(terminal, target, trust);
      const { host } = await openHost(terminal, config);
      const doubt = await refuseRecalled(terminal, config, release);
      const progress = terminal.follow(say("publishing {0}", target));
      const { manifest, manifestSha256, archives } = await host
        .publish(path, {
          trust,
          now: systemClock.now(),
          signal: terminal.signal,
          onProgress: progress.update,
        })
        .finally(progress.stop);
      const shown = archives.map(({ sha256, size, base }) => ({
        sha256,
        size,
        ...(base === undefined ? {} : { base }),
      }));
      terminal.result(
        {
          name: manifest.name,
          version: manifest.version,
          manifest: manifestSha256,
          archives: shown,
        },
        [
          `Published ${manifest.name} ${manifest.version}.`,
          ...shown.map(
            ({ sha256, size, base }) =>
              `  ${base === undefined ? "archive" : "patch  "} ${sha256}, ${formatBytes(size)}`,
          ),
        ],
      );
      if (doubt !== undefined) terminal.say(doubt);
    });
};

/**
 * What nobody may release is refused before anything is copied, and under the name that the person gave it. The host
 * checks all of it again, and every file, on its own copy.
 *
 * @returns the archive's path, or the folder's where it has patches too; and what is released.
 */
async function checkSignatures(
  terminal: Terminal,
  target: string,
  trust: TrustSet,
): Promise<{ readonly path: string; readonly release: NamedRelease }> {
  const { archive, patches } = await openPackage(terminal, target);
  await archive.close();
  const { manifestText, signatures } = archive.head;
  const sealed = sealText("manifest/1", manifestText, signatures);
  const { name, version } = trust.verifyManifest(sealed).document;
  return {
    path: patches.length === 0 ? archive.path : dirname(archive.path),
    release: { name, version, manifest: sha256Hex(sealed.bytes) },
  };
}
