/** How a test says what it proves; `pnpm generate` reads these calls and writes docs/patent-map.md of them. */
import { requirements } from "./requirements.ts";

/**
 * First statement of a test that proves these requirements, with the ids as literals.
 *
 * @throws Error for an id that is not in requirements.ts: then the test fails.
 */
export function verifies(...ids: readonly [string, ...string[]]): void {
  const known = new Set(requirements.map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) throw new Error(`${id} is not in requirements.ts`);
}
