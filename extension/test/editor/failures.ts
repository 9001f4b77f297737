/** Leaves a picture of the window where a flow failed. */
import { afterEach } from "vitest";
import type { Workbench } from "../pages/workbench.ts";

/** To be called once in each file of flows. */
export function pictureFailures(workbench: () => Workbench): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail")
      await workbench().screenshot(`failed-${task.name.replaceAll(/\W+/g, "-")}`);
  });
}
