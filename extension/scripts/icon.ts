/** `pnpm --dir extension icon`: draws media/icon.png (256 × 256) from media/icon.svg, in the browser of the tests. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findBrowser } from "../test/editor/install.ts";

const media = join(import.meta.dirname, "../media");
const svg = await readFile(join(media, "icon.svg"), "utf8");
const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: join(media, "icon.png"), omitBackground: true });
} finally {
  await browser.close();
}
