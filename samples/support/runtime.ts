/** The Node that agents run on: this one, unless the environment names another. */

/** Path of the program; `AGENT_NODE` names another, to see agents on the Node that a machine has. */
export const agentNode: string = process.env.AGENT_NODE ?? process.execPath;
