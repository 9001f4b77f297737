/**
 * Where that is shown which a person decides about: in a group of editors below the one at work. Questions lie over the
 * top of the window, so beside it they would hide the very lines that are signed or approved.
 */
import * as vscode from "vscode";

/** Scheme of the documents that are shown there. */
export const shownScheme = "outrider-shown";
/** Type of the page that is shown there. */
export const previewType = "outrider.pushPreview";

/**
 * Has something shown below, where such things are shown already or in a group that is made for it, and gives the focus
 * back.
 */
export async function showBelow(show: (place: vscode.ViewColumn) => unknown): Promise<void> {
  const place = vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isShownBelow));
  if (place !== undefined) {
    await show(place.viewColumn);
    return;
  }
  await vscode.commands.executeCommand("workbench.action.newGroupBelow");
  // By its place: a question that just closed may have given the focus back to the group above.
  const made = vscode.window.tabGroups.all.findLast(({ tabs }) => tabs.length === 0);
  await show(made?.viewColumn ?? vscode.ViewColumn.Active);
  await vscode.commands.executeCommand("workbench.action.focusAboveGroup");
}

function isShownBelow({ input }: vscode.Tab): boolean {
  // The editor puts a prefix of its own before the type of a page.
  if (input instanceof vscode.TabInputWebview) return input.viewType.endsWith(previewType);
  return input instanceof vscode.TabInputText && input.uri.scheme === shownScheme;
}
