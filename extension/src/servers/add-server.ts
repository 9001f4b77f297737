/** "Add Server…": its URL, its token where it wants one, a name; it is asked before it is kept. */
import { isOutriderError } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { reach } from "../editor/milestones.ts";
import type { KnownServer, Servers } from "./servers.ts";

/** Asks for a server and keeps it. @returns `undefined` where the person leaves */
export async function addServer(servers: Servers): Promise<KnownServer | undefined> {
  const url = await vscode.window.showInputBox({
    title: t("Add Server"),
    prompt: t("Where does outrider serve listen?"),
    placeHolder: "http://127.0.0.1:8080/",
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^https?:\/\/[^\s@]+$/.test(text) && URL.canParse(text)
        ? undefined
        : t("Write a URL such as {0}", "https://push.vendor.example/"),
  });
  if (url === undefined) return undefined;
  const token = await tokenFor(url);
  if (token === undefined) return undefined;
  const name = await vscode.window.showInputBox({
    title: t("Add Server"),
    prompt: t("What do you call it?"),
    value: new URL(url).host,
    ignoreFocusOut: true,
  });
  if (name === undefined) return undefined;
  const server = { name: name === "" ? new URL(url).host : name, url };
  await servers.add(server, token === "" ? undefined : token);
  reach("serverAdded");
  return server;
}

/** Empty where none is needed. @throws UNAVAILABLE where no server answers */
async function tokenFor(url: string): Promise<string | undefined> {
  const { serverClient } = await import("@outrider/sdk/client");
  const wantsToken = async (token?: string): Promise<boolean> => {
    try {
      await serverClient({ url, ...(token === undefined ? {} : { token }) }).get("deployments");
      return false;
    } catch (error) {
      if (isOutriderError(error) && error.code === "CONFIG_INVALID") return true;
      throw error;
    }
  };
  if (!(await wantsToken())) return "";
  for (let prompt = t("The server wants a bearer token for reading."); ;) {
    const token = await vscode.window.showInputBox({
      title: t("Add Server"),
      prompt,
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return undefined;
    if (token !== "" && !(await wantsToken(token))) return token;
    prompt = t("That was not the right token.");
  }
}
