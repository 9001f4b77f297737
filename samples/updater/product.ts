/** The product's releases: its program with the data set of its day. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findDataSet, type DataSetRelease } from "../support/data-set.ts";
import { release, type Release, type Vendor } from "../support/vendor.ts";

/** The name of its package. */
export const productName = "mimetype";

const programs = ["main.cjs", "updater.cjs"];
const files = [...programs, "db.json", "version.json"];

/** Where the program's sources lie. */
export const sources: string = join(import.meta.dirname, "product");

/** Puts the files of a version into a folder. */
export async function layOut(
  folder: string,
  version: string,
  dataSet: DataSetRelease,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of programs) await copyFile(join(sources, file), join(folder, file));
  const { folder: data } = await findDataSet(dataSet);
  await copyFile(join(data, "db.json"), join(folder, "db.json"));
  await writeFile(join(folder, "version.json"), JSON.stringify({ version }));
}

/** Builds and signs a version with the new data set. */
export async function releaseProduct(
  vendor: Vendor,
  version: string,
  folder: string,
): Promise<Release> {
  const source = join(folder, `${productName}-${version}`);
  await layOut(source, version, "mime-db-new");
  const sourceFile = join(source, "outrider.json");
  await writeFile(
    sourceFile,
    JSON.stringify({
      name: productName,
      version,
      kind: "program",
      files: files.map((from) => ({ from })),
      install: { strategy: "directory" },
    }),
  );
  return release(vendor, sourceFile, join(folder, "dist"));
}
