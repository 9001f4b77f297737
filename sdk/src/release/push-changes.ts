/** In what an order differs from the push file that was reviewed: whoever confirms it is told. */
import { isDeepStrictEqual } from "node:util";
import type { PushOrder } from "./push-order.ts";

/** What a push may be ordered otherwise in. */
export type PushChange =
  | "audience"
  | "transports"
  | "times"
  | "waves"
  | "delivery"
  | "validity"
  | "downgrades";

/** In the order in which they are asked for; none where they order the same. */
export function changesOf(reviewed: PushOrder, order: PushOrder): PushChange[] {
  const before = partsOf(reviewed);
  const after = partsOf(order);
  return (Object.keys(before) as PushChange[]).filter(
    (part) => !isDeepStrictEqual(before[part], after[part]),
  );
}

/** Absent says the same as the default. */
function partsOf({
  audience,
  rollout = {},
  delivery = "auto",
  validMs,
  allowDowngrade = [],
}: PushOrder): Record<PushChange, unknown> {
  const { groups = [], agents = [] } = audience;
  const { transports, notBefore, windows = [], waves, firstOfOne = false } = rollout;
  return {
    audience: [groups.toSorted(), agents.toSorted()],
    transports: transports?.toSorted(),
    times: [notBefore, windows],
    waves: [waves, firstOfOne],
    delivery,
    validity: validMs,
    downgrades: allowDowngrade.toSorted(),
  };
}
