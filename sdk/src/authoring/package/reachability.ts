/**
 * Variants that no machine can ever get, because earlier ones take every machine that they are meant for.
 *
 * Exact over operating systems, processors and C libraries; a version range or a fact of an earlier variant counts as
 * covering only where the later one demands the same, so nothing reachable is ever called unreachable.
 */
import type { Condition, SourceManifest } from "../../schema/index.ts";

/** A variant that is never taken. */
export interface UnreachableVariant {
  /** Its index. */
  readonly index: number;
  /** Indexes of the earlier variants that take its machines. */
  readonly takenBy: readonly number[];
}

/** Every unreachable variant. */
export function findUnreachable({ variants = [] }: SourceManifest): UnreachableVariant[] {
  return variants.flatMap(({ when }, index) => {
    const candidates = variants
      .slice(0, index)
      .flatMap((earlier, at) => (demandsNoMore(earlier.when, when) ? [at] : []));
    const takenBy = new Set<number>();
    for (const machine of machinesOf(when)) {
      const taker = candidates.find((at) => fits(variants[at]?.when ?? {}, machine));
      if (taker === undefined) return [];
      takenBy.add(taker);
    }
    return [{ index, takenBy: [...takenBy].toSorted((left, right) => left - right) }];
  });
}

interface Machine {
  readonly os: string | undefined;
  readonly arch: string | undefined;
  readonly libc: string | undefined;
}

/** One machine of each sort that the condition admits; `undefined` stands for all that nobody named. */
function machinesOf({ os, arch, libc }: Condition): Machine[] {
  const machines: Machine[] = [];
  for (const oneOs of os ?? [undefined])
    for (const oneArch of arch ?? [undefined])
      for (const oneLibc of libc ?? [undefined])
        machines.push({ os: oneOs, arch: oneArch, libc: oneLibc });
  return machines;
}

function fits({ os, arch, libc }: Condition, machine: Machine): boolean {
  return admits(os, machine.os) && admits(arch, machine.arch) && admits(libc, machine.libc);
}

function admits(wanted: readonly string[] | undefined, found: string | undefined): boolean {
  return wanted === undefined || (found !== undefined && wanted.includes(found));
}

/** Whatever the earlier one demands beside the machine's sort, does the later demand it too? */
function demandsNoMore(earlier: Condition, later: Condition): boolean {
  return (
    (earlier.installed === undefined || earlier.installed === later.installed) &&
    Object.entries(earlier.facts ?? {}).every(([name, value]) => later.facts?.[name] === value)
  );
}
