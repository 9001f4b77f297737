/** The facts of the machine this runs on, for {@link chooseVariant}. */
import type { MachineFacts } from "./variants.ts";

/** `installed` and the vendor's `facts` are the caller's to add. */
export function thisMachine(): MachineFacts {
  const { arch, platform } = process;
  return { os: platform, arch, ...(platform === "linux" ? { libc: libcOf() } : {}) };
}

/** Node's report names glibc's version where it runs on glibc; the other C library that Node runs on is musl. */
function libcOf(): "glibc" | "musl" {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true; // else it asks the name server for every open socket
  try {
    const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime === undefined ? "musl" : "glibc";
  } finally {
    report.excludeNetwork = before;
  }
}
