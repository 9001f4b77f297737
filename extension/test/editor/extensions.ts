/**
 * Installs the packed extensions from their VSIX files, as a person does, once for all the VS Codes of a run: each of
 * them begins with a profile of its own, and with nothing but these.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installEditor } from "./install.ts";

/** Ours, one that does nothing, and the bridge by which tests reach the extension host. */
const names = ["outrider", "bare", "bridge"];

/** No gallery, and nothing else outside this machine, is ever asked. */
export const noGallery = { EXTENSIONS_GALLERY: '{"serviceUrl":"http://127.0.0.1:9/"}' };

/** @param packed where the VSIX files are. @returns the folder of extensions, made beside them */
export function installExtensions(packed: string): string {
  const folder = join(packed, "extensions");
  const { status } = spawnSync(
    process.execPath,
    [
      installEditor().server,
      `--user-data-dir=${join(packed, "profile")}`,
      `--extensions-dir=${folder}`,
      ...names.map((name) => `--install-extension=${join(packed, `${name}.vsix`)}`),
    ],
    { env: { ...process.env, ...noGallery }, stdio: ["ignore", "ignore", "inherit"] },
  );
  if (status !== 0) throw new Error(`VS Code did not install the extensions of ${packed}`);
  return folder;
}
