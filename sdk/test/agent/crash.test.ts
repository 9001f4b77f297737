/**
 * Power cuts: every disk that could be left at any moment of a real install holds the old version or the new one, and
 * an agent started on it ends with the new one, installed once and reported once (DESIGN, promise 2).
 */
import { beforeAll, expect, test } from "vitest";
import { Bench } from "../support/agent-bench.ts";
import { crashImages, type CrashImage } from "../support/crash-images.ts";
import { contentBelow, isSame } from "../support/installed-content.ts";
import { MemoryDisk, type Operation } from "../support/memory-disk.ts";
import { Publisher } from "../support/publisher.ts";
import { current, Upgrade, type Files } from "../support/upgrade.ts";
import { verifies } from "../support/verifies.ts";

/** How many images an agent is started on, in each test. */
const recoveries = 60;
/** Files in each release of the large upgrade; its images grow with their square. */
const manyFiles = 66;

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

/** The disk on which the new version was installed, with its record. */
async function work(upgrade: Upgrade): Promise<MemoryDisk> {
  const disk = upgrade.before.clone();
  const bench = await upgrade.machine(disk);
  disk.record.length = 0;
  expect(await bench.deliver(upgrade.pushed)).toMatchObject({ verdict: "handled" });
  await bench.clear();
  expect(contentBelow(disk, current)).toEqual(upgrade.newFiles);
  return disk;
}

function withoutBarriers(disk: MemoryDisk, left: (operation: Operation) => boolean): MemoryDisk {
  const careless = disk.clone();
  careless.adopt(disk);
  for (const [id, node] of disk.made) careless.made.set(id, node);
  careless.record.push(...disk.record.filter(left));
  return careless;
}

function where({ after, lost }: CrashImage): string {
  return `After ${after} operations, with ${lost} lost`;
}

async function recoverSome(upgrade: Upgrade, worked: MemoryDisk, count: number): Promise<void> {
  const every = Math.max(1, Math.floor(count / recoveries));
  let at = 0;
  for (const image of crashImages(upgrade.before, worked))
    if (at++ % every === 0)
      await upgrade.expectRecovery(image.disk).catch((cause: unknown) => {
        throw new Error(`${where(image)}: ${String(cause)}`, { cause });
      });
}

test("strategy directory: every image is the old version or the new one", async () => {
  const upgrade = await Upgrade.prepare(publisher);
  const worked = await work(upgrade);
  let images = 0;
  for (const image of crashImages(upgrade.before, worked)) {
    images++;
    const content = contentBelow(image.disk, current);
    if (!isSame(content, upgrade.oldFiles) && !isSame(content, upgrade.newFiles))
      throw new Error(`${where(image)}: ${JSON.stringify(content)}`);
  }
  expect(images).toBeGreaterThan(1000);
  await recoverSome(upgrade, worked, images);
});

test("the first install: nothing runs, or the whole of it", async () => {
  verifies("step-91");
  const before = new MemoryDisk();
  await before.makeDirectory("/machine");
  const pushed = await publisher.push(await publisher.release({ version: "1.0.0" }));
  const worked = before.clone();
  const first = await Bench.make({ publisher, fileSystem: worked });
  await first.deliver(pushed);
  await first.clear();
  const whole = contentBelow(worked, current);
  let images = 0;
  for (const image of crashImages(before, worked)) {
    images++;
    const content = contentBelow(image.disk, current);
    if (Object.keys(content).length > 0 && !isSame(content, whole))
      throw new Error(`${where(image)}: ${JSON.stringify(content)}`);
    if (images % 40 !== 0) continue;
    await image.disk.remove("/machine/data/lock");
    const next = await Bench.make({ publisher, fileSystem: image.disk });
    await next.deliver(pushed);
    expect(contentBelow(image.disk, current)).toEqual(whole);
    expect((await next.agent?.status())?.unfinished).toEqual([]);
    await next.clear();
  }
});

test("a large upgrade: more than 100,000 images, none half-installed", async () => {
  verifies("step-91");
  const filesOf = (version: string): Files =>
    Object.fromEntries(
      Array.from({ length: manyFiles }, (_, at) => [
        `part-${at % 3}/file-${at}.txt`,
        `${version} ${at}\n`,
      ]),
    );
  const upgrade = await Upgrade.prepare(publisher, {
    oldFiles: filesOf("old"),
    newFiles: filesOf("new"),
  });
  const worked = await work(upgrade);
  let images = 0;
  for (const image of crashImages(upgrade.before, worked)) {
    images++;
    const content = contentBelow(image.disk, current);
    if (!isSame(content, upgrade.oldFiles) && !isSame(content, upgrade.newFiles))
      throw new Error(where(image));
  }
  expect(images).toBeGreaterThan(100_000);
});

test("the images have teeth: without one kind of barrier half-installed machines are found", async () => {
  const upgrade = await Upgrade.prepare(publisher);
  const worked = await work(upgrade);
  for (const barrier of ["sync", "syncFolder"]) {
    const careless = withoutBarriers(worked, ({ kind }) => kind !== barrier);
    let half = 0;
    for (const { disk } of crashImages(upgrade.before, careless)) {
      const content = contentBelow(disk, current);
      if (!isSame(content, upgrade.oldFiles) && !isSame(content, upgrade.newFiles)) half++;
    }
    expect(half).toBeGreaterThan(0);
  }
});

test("strategy files: every file is whole, and an agent makes the whole of them", async () => {
  const upgrade = await Upgrade.prepare(publisher, { install: { strategy: "files" } });
  const worked = await work(upgrade);
  const expected = (path: string): (string | undefined)[] => [
    upgrade.oldFiles[path],
    upgrade.newFiles[path],
  ];
  const staying = Object.keys(upgrade.oldFiles).filter((path) => path in upgrade.newFiles);
  let images = 0;
  for (const image of crashImages(upgrade.before, worked)) {
    images++;
    const content: Files = contentBelow(image.disk, current);
    for (const path of new Set([...Object.keys(content), ...staying]))
      if (content[path] === undefined || !expected(path).includes(content[path]))
        throw new Error(`${where(image)}: ${path} is ${JSON.stringify(content[path])}`);
  }
  await recoverSome(upgrade, worked, images);
});
