/**
 * A share that nobody mounted, through Samba's `smbclient` (SMB 3.1.1, signed or encrypted): the npm clients of SMB
 * sign and encrypt nothing. What is written lies beside its name first and is renamed over it, which is atomic.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { isOutriderError, OutriderError, type ErrorCode } from "../../errors/index.ts";
import type { Share, ShareCall, ShareEntry } from "../tree/index.ts";
import { fetchArchive } from "./fetch.ts";
import { readListing } from "./listing.ts";
import { remoteName, smbclientPlace, type SmbclientOptions, type SmbclientPlace } from "./place.ts";
import { runSmbclient, SmbFault } from "./run.ts";

/** Opens it; nothing is asked of the share yet. @throws CONFIG_INVALID for a root that is no share */
export function smbclientShare(options: SmbclientOptions): Share {
  const place = smbclientPlace(options);
  const { root } = place;
  return {
    root,
    read: (name, maxBytes, call = {}) =>
      reaching(place, "read", async () => {
        const bytes = await get(place, name, maxBytes, call);
        if (bytes !== undefined) return bytes;
        throw new OutriderError("UNAVAILABLE", `${root}/${name} is not there.`, { subject: root });
      }),
    fetch: (name, wanted, call = {}) =>
      reaching(place, "read", async () => {
        await requireSize(place, name, wanted.size, call);
        return fetchArchive(place, name, wanted, call);
      }),
    write: (name, bytes, call = {}) =>
      reaching(place, "written", async () => {
        if (await holds(place, name, bytes, call)) return;
        await put(
          place,
          name,
          bytes.length,
          async function* () {
            yield bytes;
          },
          call,
        );
      }),
    store: (name, { path, sha256, size }, call = {}) =>
      reaching(place, "written", async () => {
        // It got its name only after all of it was there; whoever takes it from there verifies it.
        if ((await entry(place, name, call))?.size === size) return 0;
        await put(place, name, size, () => verifiedFile(path, { sha256, size }, call), call);
        return size;
      }),
    list: (folder, { pick, ...call } = {}) =>
      reaching(place, "read", async () => {
        const entries = await list(place, `${folder}/*`, call);
        if (pick === undefined) return entries;
        const picked = new Set(pick(entries.map(({ name }) => name)));
        return entries.filter(({ name }) => picked.has(name));
      }),
    remove: (name, call = {}) =>
      reaching(place, "written", async () => {
        await orNothing(runSmbclient(place, { text: `del ${remoteName(place, name)}`, ...call }));
      }),
  };
}

async function get(
  place: SmbclientPlace,
  name: string,
  maxBytes: number,
  call: ShareCall,
): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const getting = runSmbclient(place, {
    text: `get ${remoteName(place, name)} -`,
    onOutput(bytes) {
      length += bytes.length;
      if (length > maxBytes) throw tooLarge(place, name, maxBytes);
      pieces.push(bytes);
    },
    ...call,
  });
  const said = await orNothing(getting);
  return said === undefined ? undefined : new Uint8Array(Buffer.concat(pieces));
}

async function holds(
  place: SmbclientPlace,
  name: string,
  bytes: Uint8Array,
  call: ShareCall,
): Promise<boolean> {
  try {
    const there = await get(place, name, bytes.length, call);
    return there !== undefined && Buffer.compare(there, bytes) === 0;
  } catch (error) {
    if (isOutriderError(error) && error.code === "DOCUMENT_TOO_LARGE") return false;
    throw error;
  }
}

/** Beside its name, held to its length, then renamed. */
async function put(
  place: SmbclientPlace,
  name: string,
  size: number,
  content: () => AsyncIterable<Uint8Array>,
  call: ShareCall,
): Promise<void> {
  const temporary = `${name}.${randomUUID()}.tmp`;
  const text = `put - ${remoteName(place, temporary)}`;
  try {
    try {
      await runSmbclient(place, { text, input: content(), ...call });
    } catch (error) {
      if (!(error instanceof SmbFault) || error.status !== "NT_STATUS_OBJECT_PATH_NOT_FOUND")
        throw error;
      await makeFolders(place, name, call);
      await runSmbclient(place, { text, input: content(), ...call });
    }
    const length = (await entry(place, temporary, call))?.size;
    if (length !== size) throw new SmbFault(`${length ?? 0} of ${size} bytes arrived`);
    const [from, to] = [remoteName(place, temporary), remoteName(place, name)];
    await runSmbclient(place, { text: `rename ${from} ${to} -f`, ...call });
  } catch (error) {
    // A share that is away keeps its litter.
    const removing = runSmbclient(place, { text: `del ${remoteName(place, temporary)}` });
    await removing.catch(() => undefined);
    throw error;
  }
}

/** The folders of the root, and that of the name, one after the other; those that are there stay. */
async function makeFolders(place: SmbclientPlace, name: string, call: ShareCall): Promise<void> {
  const bare = { ...place, folders: [] };
  const folders = [...place.folders, ...name.split("/").slice(0, -1)];
  for (let depth = 1; depth <= folders.length; depth++) {
    const text = `mkdir ${remoteName(bare, folders.slice(0, depth).join("/"))}`;
    await orNothing(runSmbclient(bare, { text, ...call }), ["NT_STATUS_OBJECT_NAME_COLLISION"]);
  }
}

async function list(place: SmbclientPlace, mask: string, call: ShareCall): Promise<ShareEntry[]> {
  const listing = runSmbclient(place, { text: `ls ${remoteName(place, mask)}`, ...call });
  return readListing((await orNothing(listing)) ?? "");
}

async function entry(
  place: SmbclientPlace,
  name: string,
  call: ShareCall,
): Promise<ShareEntry | undefined> {
  return (await list(place, name, call)).find(({ isPlainFile }) => isPlainFile);
}

async function requireSize(
  place: SmbclientPlace,
  name: string,
  size: number,
  call: ShareCall,
): Promise<void> {
  const found = await entry(place, name, call);
  const subject = `${place.root}/${name}`;
  if (found === undefined)
    throw new OutriderError("UNAVAILABLE", `There is no plain file ${subject}.`, { subject });
  if (found.size !== size)
    throw new OutriderError(
      "PACKAGE_DIGEST",
      `${subject} has ${found.size} bytes; ${size} were signed.`,
      { subject },
    );
}

/** Reads a file of ours; the last piece is given away only if the whole is what was named. */
async function* verifiedFile(
  path: string,
  { sha256, size }: { readonly sha256: string; readonly size: number },
  { signal }: ShareCall,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let length = 0;
  let held: Uint8Array | undefined;
  const source = createReadStream(path, { highWaterMark: 1024 * 1024, signal });
  for await (const piece of source as AsyncIterable<Buffer>) {
    if (held !== undefined) yield held;
    held = piece;
    hash.update(piece);
    length += piece.length;
  }
  if (length !== size || hash.digest("hex") !== sha256)
    throw new OutriderError("PACKAGE_DIGEST", `${path} is not the archive ${sha256}.`, {
      subject: path,
    });
  if (held !== undefined) yield held;
}

const missing: readonly string[] = [
  "NT_STATUS_OBJECT_NAME_NOT_FOUND",
  "NT_STATUS_OBJECT_PATH_NOT_FOUND",
  "NT_STATUS_NO_SUCH_FILE",
];

/** @returns what was said; undefined where the share answered one of these. */
async function orNothing(
  work: Promise<string>,
  answers: readonly string[] = missing,
): Promise<string | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SmbFault && answers.includes(error.status ?? "")) return undefined;
    throw error;
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  NT_STATUS_DISK_FULL: "SPACE",
  NT_STATUS_QUOTA_EXCEEDED: "SPACE",
};

const temporaryEnd = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp/g;

async function reaching<T>(
  { root }: SmbclientPlace,
  verb: "read" | "written",
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof SmbFault)) throw cause;
    const code = codes[cause.status ?? ""] ?? "UNAVAILABLE";
    // A temporary name is another each time, and nobody's business: the same fault is said in the same words.
    const words = cause.message.replaceAll(temporaryEnd, "");
    throw new OutriderError(code, `The share ${root} cannot be ${verb}: ${words}.`, {
      subject: root,
      cause,
    });
  }
}

function tooLarge(place: SmbclientPlace, name: string, maxBytes: number): OutriderError {
  const subject = `${place.root}/${name}`;
  return new OutriderError(
    "DOCUMENT_TOO_LARGE",
    `${subject} has more than ${maxBytes} bytes; no more are read.`,
    { subject },
  );
}
