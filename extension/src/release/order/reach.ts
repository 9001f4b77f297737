/** Whom a push reaches, and by which transports. */
import type { TransportChoice } from "@outrider/sdk/release";
import * as vscode from "vscode";
import { t } from "../../editor/l10n.ts";
import { back, choose } from "../../editor/steps.ts";
import { withAnswers, type OrderQuestion } from "./draft.ts";

const mostMachines = 1000;

interface AudienceItem extends vscode.QuickPickItem {
  readonly group?: string;
  readonly agent?: string;
}

/** Groups, and machines by name. */
export const askAudience: OrderQuestion = async (draft, place) => {
  const { groups = [], agents = [] } = draft.order.audience;
  const sizes = new Map(groups.map((name) => [name, 0]));
  for (const { groups: own } of draft.agents)
    for (const name of own) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const ids = new Set([...agents, ...draft.agents.slice(0, mostMachines).map(({ id }) => id)]);
  const items: readonly AudienceItem[] = [
    separator(t("Groups")),
    ...[...sizes]
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([group, size]) => ({
        label: `$(organization) ${group}`,
        description: size === 1 ? t("1 machine") : t("{0} machines", size),
        picked: groups.includes(group),
        group,
      })),
    separator(t("Machines")),
    ...[...ids].toSorted().map((agent) => ({
      label: `$(vm) ${agent}`,
      picked: agents.includes(agent),
      agent,
    })),
  ];
  const chosen = await choose({
    ...place,
    placeholder: t("To whom?"),
    items,
    many: true,
    least: 1,
  });
  if (chosen === undefined || chosen === back) return chosen;
  const group = chosen.flatMap((item) => item.group ?? []);
  const agent = chosen.flatMap((item) => item.agent ?? []);
  const { group: _groups, agent: _agents, ...rest } = draft.options;
  const before = draft.reviewed?.audience ?? {};
  const isReviewed = sameNames(group, before.groups ?? []) && sameNames(agent, before.agents ?? []);
  return withAnswers(
    { ...draft, options: rest },
    {
      ...(isReviewed || group.length === 0 ? {} : { group }),
      ...(isReviewed || agent.length === 0 ? {} : { agent }),
    },
  );
};

const icons: Readonly<Record<Exclude<TransportChoice, "any">, string>> = {
  email: "mail",
  unc: "folder",
  stick: "save",
  http: "globe",
};

/** By all that these machines have, unless somebody takes some away. */
export const askTransports: OrderQuestion = async (draft, place) => {
  const { audience, rollout = {} } = draft.order;
  const reached = draft.agents.filter(
    ({ id, groups }) =>
      audience.agents?.includes(id) === true ||
      groups.some((name) => audience.groups?.includes(name) === true),
  );
  const names = (Object.keys(icons) as (keyof typeof icons)[]).filter(
    (name) =>
      rollout.transports?.includes(name) === true ||
      reached.some(({ addresses }) => addresses[name] !== undefined && addresses[name] !== false),
  );
  const items = names.map((name) => ({
    label: `$(${icons[name]}) ${name}`,
    description: sharedWords(
      reached.filter(({ addresses }) => (addresses[name] ?? false) !== false).length,
      reached.length,
    ),
    picked: rollout.transports?.includes(name) ?? true,
    name,
  }));
  const placeholder = t("By which transports? Each machine by the first that it prefers.");
  const chosen = await choose({ ...place, placeholder, items, many: true, least: 1 });
  if (chosen === undefined || chosen === back) return chosen;
  const transport = chosen.map(({ name }) => name);
  const { transport: _before, ...rest } = draft.options;
  const isReviewed = sameNames(transport, draft.reviewed?.rollout?.transports ?? names);
  const wanted = transport.length === names.length ? (["any"] as const) : transport;
  return withAnswers({ ...draft, options: rest }, isReviewed ? {} : { transport: wanted });
};

function sharedWords(having: number, all: number): string {
  if (all === 1) return having === 1 ? t("the machine has it") : t("the machine does not have it");
  return t("{0} of {1} machines have it", having, all);
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.toSorted().join("\n") === right.toSorted().join("\n");
}
