/**
 * A sign that a process lives, which goes with it however it ends: somewhere it listens. Windows needs it: there a
 * number alone soon is another process's, after a power cut above all, and when that one started Node does not tell. A
 * named pipe is gone with its last holder (Node's documentation of `net`, "Identifying paths for IPC connections").
 */
import { connect, createServer } from "node:net";

/** Something that is listened on, until it is ended. */
export interface LifeSign {
  end(): void;
}

/** Where the holder of a lock file listens; nowhere, where its number and its start name a process for good. */
export function lifeSignAddress(name: string): string | undefined {
  return process.platform === "win32" ? String.raw`\\.\pipe\outrider-${name}` : undefined;
}

/** Shows it; `undefined` where that is not possible, for a lock without it is better than none. */
export async function showLife(address: string | undefined): Promise<LifeSign | undefined> {
  if (address === undefined) return undefined;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.on("error", () => resolve(undefined));
    server.listen(address, () => resolve({ end: () => void server.close() }));
    server.unref();
  });
}

/** Is it shown? Only where surely nobody listens it is not: whoever may not ask, or must wait, takes it for shown. */
export async function showsLife(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const answer = (isShown: boolean): void => {
      socket.destroy();
      resolve(isShown);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      answer(code !== "ENOENT" && code !== "ECONNREFUSED"),
    );
  });
}
