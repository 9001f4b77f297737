/** The machine: the agent's own directories, room on the disk, and who works there. */
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { checkPrivateDirectory, type AgentStatus } from "../../../agent/index.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import type { AgentConfig } from "../../../schema/index.ts";
import type { Configuration } from "../../config.ts";
import { bad, doubtful, good, look, type Finding } from "./finding.ts";

/** Less than this beside what is kept free, and the next release may not fit. */
const scarceBytes = 256 * 1024 * 1024;
const ownOnly =
  "Make it the agent's user's own: chown it to that user, chmod 700, no link, and run the doctor as that user.";

/** Directories and disk. */
export async function examineMachine({
  values,
  resolve,
}: Configuration<AgentConfig>): Promise<Finding[]> {
  const data = resolve(values.dataDirectory);
  const install = resolve(values.installDirectory);
  return [
    await look("data directory", ownOnly, () => examineDirectory("data directory", data)),
    await look("install directory", ownOnly, () => examineDirectory("install directory", install)),
    await look("disk", "Look at the disk and its mounting.", () =>
      examineRoom(install, values.keepFreeBytes ?? 0),
    ),
  ];
}

/** Who holds the directories, what waits, and what has not been told to the server. */
export function examineWork(status: AgentStatus | undefined): Finding[] {
  if (status === undefined) return [];
  const { process, unfinished, receiptsWaiting, quarantined, recalled } = status;
  return [
    process === undefined
      ? doubtful("agent", "No agent runs on these directories.", "Start it: outrider agent run.")
      : good("agent", `Process ${process} runs on these directories.`),
    ...unfinished.map(({ package: { name, version }, state, since, waiting }) =>
      doubtful(
        `deployment ${name} ${version}`,
        `It is ${state} since ${since}${waiting === undefined ? "" : `: ${waiting.code}: ${waiting.message}`}`,
        "It goes on by itself once what it waits for is there.",
      ),
    ),
    receiptsWaiting === 0
      ? good("receipts", "All were sent.")
      : doubtful(
          "receipts",
          `${receiptsWaiting} wait to be sent.`,
          "See whether a way for receipts is reachable; the server does not know of this machine's state.",
        ),
    ...recalled
      .filter(({ place }) => place === "installed")
      .map(({ name, version, by }) =>
        doubtful(
          `recalled ${name} ${version}`,
          `It runs here, and was recalled by ${by}.`,
          `Push a higher version, or see with "outrider agent status" whether there is a way back.`,
        ),
      ),
    ...quarantined.map(({ name, version, code }) =>
      doubtful(
        `quarantine ${name} ${version}`,
        `It failed here (${code}) and is not tried again.`,
        "Publish a higher version.",
      ),
    ),
  ];
}

async function examineDirectory(check: string, path: string): Promise<Finding> {
  if ((await nodeFileSystem.stat(path)) === undefined) {
    await access(await nearestFolder(dirname(path)), constants.W_OK);
    return doubtful(check, `${path} is not there yet.`, "The agent makes it at its first start.");
  }
  await checkPrivateDirectory(nodeFileSystem, path);
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  return judgePrivacy(check, path, process.platform);
}

/** Windows has access lists instead of modes, and Node does not tell them: nobody has looked whose the folder is. */
export function judgePrivacy(check: string, path: string, platform: NodeJS.Platform): Finding {
  if (platform !== "win32") return good(check, `${path} is this user's alone.`);
  return doubtful(
    check,
    `${path} can be read and written; who else may, was not looked at.`,
    `See with icacls "${path}" that besides SYSTEM, the administrators and the agent's own user nobody may write or read there.`,
  );
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = (await nodeFileSystem.stat(path)) !== undefined;
  return isThere || parent === path ? path : nearestFolder(parent);
}

async function examineRoom(install: string, keepFreeBytes: number): Promise<Finding> {
  const folder = await nearestFolder(install);
  const free = await nodeFileSystem.freeBytes(folder);
  const detail = `${megabytes(free)} MB are free at ${folder}, ${megabytes(keepFreeBytes)} MB are to stay free.`;
  const remedy = "Make room, or lower keepFreeBytes: what does not fit waits.";
  if (free <= keepFreeBytes) return bad("disk", detail, remedy);
  if (free - keepFreeBytes < scarceBytes) return doubtful("disk", detail, remedy);
  return good("disk", detail);
}

function megabytes(bytes: number): string {
  return Math.floor(bytes / 1e6).toLocaleString("en");
}
