/**
 * Where `smbclient` goes, from this machine's configuration. Its command language has quotes, `;` and `!`: no name with
 * one of them gets as far as a command (THREATS P4).
 */
import { OutriderError } from "../../errors/index.ts";

/** A share that nobody mounted. */
export interface SmbclientOptions {
  /** `//server/share`, or `//server/share/folder`. */
  readonly root: string;
  /** File with `username = …`, `password = …` and, where needed, `domain = …` (`smbclient -A`). Guest without it. */
  readonly credentialsFile?: string;
  /** Refuse a connection that is not encrypted. Signed it is in any case, but for guests. Default false. */
  readonly encrypt?: boolean;
  /** TCP port. Default 445. */
  readonly port?: number;
  /** How long the share may be silent; default 30,000. */
  readonly timeoutMs?: number;
  /** Path or name of the program; default `smbclient`. */
  readonly program?: string;
}

/** The same, judged. */
export interface SmbclientPlace extends SmbclientOptions {
  /** `//server/share`. */
  readonly service: string;
  /** Folders from the share's root to the tree's. */
  readonly folders: readonly string[];
  readonly timeoutMs: number;
  readonly program: string;
}

const namePattern = /^[^\\/:*?"<>|;%\p{Cc}]{1,80}$/u;

/** @throws CONFIG_INVALID */
export function smbclientPlace(options: SmbclientOptions): SmbclientPlace {
  const { root, timeoutMs = 30_000, program = "smbclient" } = options;
  const [, server = "", ...names] = /^\/\/([A-Za-z0-9.-]{1,253})(\/.*)$/.exec(root) ?? [];
  const [share = "", ...folders] = (names[0] ?? "").split("/").filter((name) => name !== "");
  const isGood = [share, ...folders].every(
    (name) => namePattern.test(name) && name !== "." && name !== "..",
  );
  if (server === "" || !isGood)
    throw new OutriderError(
      "CONFIG_INVALID",
      `${root} is no share for smbclient: write it like //server/share/folder.`,
      { subject: root },
    );
  return { ...options, timeoutMs, program, service: `//${server}/${share}`, folders };
}

/** A name of the tree as smbclient's commands take it: quoted, from the share's root. */
export function remoteName({ folders }: SmbclientPlace, name: string): string {
  return `"${[...folders, ...name.split("/")].join("\\")}"`;
}
