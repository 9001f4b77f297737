/** Real data to be pushed: two successive releases of mime-db, as the npm registry published them. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { release, type Release, type Vendor } from "./vendor.ts";

/** The name of its package. */
export const dataSet = "mime-db";

/** The two releases. */
export type DataSetRelease = "mime-db-old" | "mime-db-new";

/** Where the files of a release lie, and its version. */
export async function findDataSet(
  which: DataSetRelease,
): Promise<{ readonly folder: string; readonly version: string }> {
  const manifest = fileURLToPath(import.meta.resolve(`${which}/package.json`));
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return { folder: dirname(manifest), version };
}

/** Builds and signs a release of it below `folder`. */
export async function releaseDataSet(
  vendor: Vendor,
  which: DataSetRelease,
  folder: string,
): Promise<Release> {
  const published = await findDataSet(which);
  const source = join(folder, which);
  const files = ["db.json", "README.md", "LICENSE"];
  await mkdir(source, { recursive: true });
  for (const file of files) await copyFile(join(published.folder, file), join(source, file));
  const sourceFile = join(source, "outrider.json");
  await writeFile(
    sourceFile,
    JSON.stringify({
      name: dataSet,
      version: published.version,
      kind: "data",
      files: files.map((from) => ({ from })),
      install: { strategy: "directory" },
    }),
  );
  return release(vendor, sourceFile, join(folder, "dist"));
}
