/** How an agent's configuration says that web servers are reached. */
import { readFileText } from "../../release/files.ts";
import type { AgentConfig } from "../../schema/index.ts";
import { environmentProxies, oneProxy, type WebAccess } from "../../transport/web/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";

/** The same for archives, catalogs and receipts. @throws FILE_MISSING, CONFIG_INVALID for a proxy that is none */
export async function wireWeb(
  terminal: Terminal,
  { values, resolve }: Configuration<AgentConfig>,
): Promise<WebAccess> {
  const { proxy = "environment", caFile } = values.web ?? {};
  const ca = caFile === undefined ? {} : { ca: await readFileText(terminal, resolve(caFile)) };
  if (proxy === "none") return { ...ca, proxies: () => undefined };
  return { ...ca, proxies: proxy === "environment" ? environmentProxies() : oneProxy(proxy) };
}
