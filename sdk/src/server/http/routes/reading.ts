/** What people and their programs read: deployments, their agents and events, figures. */
import type { FastifyInstance } from "fastify";
import { OutriderError } from "../../../errors/index.ts";
import { standingOf, type DeploymentProgress, type LedgerState } from "../../../ledger/index.ts";
import type { HttpParts } from "../index.ts";
import type { Metrics } from "../metrics/index.ts";
import { limitOf } from "../query.ts";

interface Page {
  readonly Params: { readonly id: string };
  readonly Querystring: {
    readonly after?: string;
    readonly state?: LedgerState;
    readonly limit?: string;
  };
}

interface AuditPage {
  readonly Querystring: { readonly deployment?: string; readonly limit?: string };
}

/**
 * `GET /deployments`, `/deployments/:id`, `/deployments/:id/agents`, `/deployments/:id/events`, `/audit`, `/metrics`.
 */
export function readingRoutes(app: FastifyInstance, parts: HttpParts, metrics: Metrics): void {
  const { deployments } = parts.store;
  const find = async (id: string): Promise<DeploymentProgress> => {
    const progress = await deployments.progress(id);
    if (progress === undefined)
      throw new OutriderError(
        "DEPLOYMENT_UNKNOWN",
        `There is no deployment ${JSON.stringify(id)} here.`,
        { subject: id },
      );
    return progress;
  };
  const show = async (id: string): Promise<object> => {
    const progress = await find(id);
    // The store knows one end; whether the release was taken back, too, says what happened.
    const wasRecalled =
      progress.state === "halted" &&
      (await deployments.events(id)).some(({ kind }) => kind === "recalled");
    return shownOf(progress, wasRecalled);
  };
  app.get("/deployments", async () =>
    Promise.all((await deployments.list({ limit: 100 })).map(async (id) => show(id))),
  );
  app.get<Page>("/deployments/:id", async ({ params }) => show(params.id));
  app.get<Page>("/deployments/:id/agents", async ({ params, query }) => {
    await find(params.id);
    const limit = limitOf(query.limit, 1000, 10_000);
    const { after, state } = query;
    return deployments.ledger(params.id, {
      limit,
      ...(after === undefined ? {} : { after }),
      ...(state === undefined ? {} : { state }),
    });
  });
  app.get<Page>("/deployments/:id/events", async ({ params }) => {
    await find(params.id);
    return deployments.events(params.id);
  });
  app.get<AuditPage>("/audit", async ({ query: { deployment, limit } }) =>
    parts.server.audit({
      limit: limitOf(limit, 100, 1000),
      ...(deployment === undefined ? {} : { deployment }),
    }),
  );
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}

/** As in the store, without the trigger's text, and every wave as it stands in this deployment. */
function shownOf(
  { deployment, state, waves, ...rest }: DeploymentProgress,
  wasRecalled: boolean,
): object {
  const { trigger: _trigger, ...shown } = deployment;
  const standing = wasRecalled ? "recalled" : state;
  return {
    deployment: shown,
    state,
    ...rest,
    waves: waves.map((wave) => ({ ...wave, state: standingOf(wave.state, standing) })),
    ...(wasRecalled ? { recalled: true } : {}),
  };
}
