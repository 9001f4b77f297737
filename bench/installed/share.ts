/** By a share, against the pause between an agent's looks: on the average half of it goes by before anybody looks. */
import { Workshop } from "../../sdk/test/cli/support/workshop.ts";
import { compare, type Round } from "../table/row.ts";
import { startFleet } from "./fleet.ts";

const pollSeconds = 1;

/** Measures it. */
export async function byShare(pushes: number): Promise<void> {
  await using workshop = await Workshop.open();
  await workshop.write("share/README.txt", "The share of the ships.");
  const fleet = await startFleet(workshop, {
    server: { transports: { unc: { root: "share" } } },
    addresses: { unc: true },
    agent: { receivers: [{ kind: "unc", root: "share", pollSeconds }] },
  });
  const rounds: Round[] = [];
  for (let push = 0; push < pushes; push++)
    rounds.push({ ours: (await fleet.push()).ms, theirs: pollSeconds * 1000 });
  const what = "trigger accepted → installed by a share";
  compare({ what, unit: "ms", peer: `its pause of ${pollSeconds} s between looks` }, rounds);
}
