/**
 * What every option of an agent must be, said by the option's name before anything is made: a product in plain
 * JavaScript has no compiler to say so, and a name that no server takes would fail at the first receipt only.
 */
import { isAbsolute } from "node:path";
import { windowFault } from "../calendar/index.ts";
import { OutriderError } from "../errors/index.ts";
import { isAgentId } from "../schema/index.ts";
import type { AgentOptions } from "./options.ts";

type Demand = readonly [
  what: string,
  isMet: (value: unknown, options: Partial<AgentOptions>) => boolean,
];

const list: Demand = ["a list", Array.isArray];

/** Of what a factory made: not of URLs, nor of the factories themselves. */
const listOf = (method: string): Demand => [
  `a list of objects with ${method}()`,
  (value) => Array.isArray(value) && value.every((one) => typeof one?.[method] === "function"),
];

const demands: Readonly<Record<string, Demand>> = {
  id: ["a name of letters, digits and .-_", isAgentId],
  groups: list,
  dataDirectory: ["an absolute path", isPath],
  installDirectory: [
    "an absolute path, not dataDirectory",
    (value, { dataDirectory }) => isPath(value) && value !== dataDirectory,
  ],
  trust: ["what openSigned() answers", (value) => typeof (value as Sealed)?.text === "string"],
  receivers: listOf("receive"),
  obtainers: listOf("obtain"),
  receiptSenders: listOf("send"),
} satisfies Partial<Record<keyof AgentOptions, Demand>>;

type Sealed = Partial<AgentOptions["trust"]> | undefined;

function isPath(value: unknown): boolean {
  return typeof value === "string" && isAbsolute(value);
}

/** @throws CONFIG_INVALID */
export function requireOptions(options: AgentOptions): void {
  for (const [subject, [what, isMet]] of Object.entries(demands))
    if (!isMet(options[subject as keyof AgentOptions], options))
      throw new OutriderError("CONFIG_INVALID", `createAgent: ${subject} must be ${what}.`, {
        subject,
      });
  for (const window of options.policy?.windows ?? []) {
    const fault = windowFault(window);
    // Found out later, it would make every release fail here, or wait for ever.
    if (fault !== undefined)
      throw new OutriderError("CONFIG_INVALID", `createAgent: a window of policy ${fault}.`, {
        subject: "policy",
      });
  }
}
