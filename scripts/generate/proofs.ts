/** Which test says `verifies(id)`: a scan of the test files, so that nothing has to run for docs/patent-map.md. */

import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

/** One test, and what it proves. */
export interface Proof {
  /** Path in the project. */
  readonly file: string;
  readonly test: string;
  readonly ids: readonly string[];
}

const folders = ["sdk/src", "sdk/test"];
const name = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/;
/** `"name", { options }, async (parameters) => { verifies(…)`. */
const claim = new RegExp(
  String.raw`(${name.source}),\s*(?:\{[^{}]*\},\s*)?(?:async )?\([^()]*\) => \{\s*verifies\(([^)]*)\)`,
  "g",
);

/** Every proof in the project, in the order of the files. */
export function readProofs(project: string): readonly Proof[] {
  return folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => `${folder}/${path.replaceAll(sep, "/")}`)
      .toSorted()
      .flatMap((file) => findProofs(file, readFileSync(join(project, file), "utf8"))),
  );
}

/** @throws Error for a `verifies(` that is not the first statement of a test with a literal name. */
export function findProofs(file: string, text: string): readonly Proof[] {
  const proofs = [...text.matchAll(claim)].map(([, test = "", ids = ""]) => ({
    file,
    test: test.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
    ids: [...ids.matchAll(/"([^"]*)"/g)].map(([, id = ""]) => id),
  }));
  if (proofs.length !== text.split(/\bverifies\(/).length - 1)
    throw new Error(`${file}: verifies() must be the first statement of a test; one is not.`);
  return proofs;
}
