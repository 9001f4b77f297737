/** Row 4: triggers and controls, made and signed (patent 10). */
export { createControl, type ControlOptions } from "./control.ts";
export { createTrigger, type TriggerOptions } from "./manual.ts";
