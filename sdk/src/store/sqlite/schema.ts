/** Tables of the embedded store. `user_version` counts changes of their form; each step leads from one to the next. */

/** Applied in order, each once, each in a transaction. Never change one that was released: add another. */
export const migrations: readonly string[] = [
  `
  -- While it is being planned, a deployment has another id and the state 'planning'.
  CREATE TABLE deployments (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX open_deployments ON deployments (number) WHERE state IN ('waiting', 'running', 'paused');

  CREATE TABLE waves (
    deployment INTEGER NOT NULL,
    wave INTEGER NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT,
    reached_at TEXT,
    forgiven INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (deployment, wave)
  ) STRICT, WITHOUT ROWID;

  -- One row per agent and deployment: the truth. 'tallies' counts it by state, always in the same transaction.
  -- Rows lie in the order of the jobs: what a job changes at once lies together, and few pages are written.
  CREATE TABLE ledger (
    deployment INTEGER NOT NULL,
    agent TEXT NOT NULL,
    wave INTEGER NOT NULL,
    job INTEGER NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    counter INTEGER NOT NULL DEFAULT 0,
    detail TEXT NOT NULL DEFAULT '',
    changed_ms INTEGER NOT NULL,
    receipt TEXT
  ) STRICT;
  CREATE UNIQUE INDEX ledger_of_agent ON ledger (deployment, agent);
  CREATE INDEX ledger_of_job ON ledger (job, agent);
  CREATE INDEX unanswered ON ledger (deployment, wave, changed_ms) WHERE state IN ('sent', 'received');

  CREATE TABLE tallies (
    deployment INTEGER NOT NULL,
    wave INTEGER NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (deployment, wave, state)
  ) STRICT, WITHOUT ROWID;

  -- held: its wave has not started; ready: due at not_before; leased; done.
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    deployment INTEGER NOT NULL,
    wave INTEGER NOT NULL,
    transport TEXT NOT NULL,
    attach INTEGER NOT NULL,
    delay_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    not_before_ms INTEGER NOT NULL DEFAULT 0,
    lease_until_ms INTEGER NOT NULL DEFAULT 0,
    worker TEXT NOT NULL DEFAULT '',
    claim INTEGER NOT NULL DEFAULT 0,
    control TEXT
  ) STRICT;
  CREATE INDEX due ON jobs (transport, not_before_ms) WHERE state IN ('ready', 'leased');
  CREATE INDEX jobs_of_wave ON jobs (deployment, wave);

  -- Who has still to be told of a control; the ledger says nothing of that.
  CREATE TABLE errands (
    job INTEGER NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (job, agent)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    deployment INTEGER NOT NULL,
    control TEXT UNIQUE,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_deployment ON events (deployment, number);

  CREATE TABLE agents (id TEXT PRIMARY KEY, agent TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE members (
    name TEXT NOT NULL,
    agent TEXT NOT NULL,
    PRIMARY KEY (name, agent)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX groups_of_agent ON members (agent);

  CREATE TABLE kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A bucket that has no row is full.
  CREATE TABLE buckets (name TEXT PRIMARY KEY, full_at_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX buckets_by_fill ON buckets (full_at_ms);
  DELETE FROM kept WHERE key GLOB 'pace/*';
  -- How many of a job's claims were put back untried.
  ALTER TABLE jobs ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;
  -- To how many it has still to be sent, as of its last settlement.
  ALTER TABLE jobs ADD COLUMN recipients INTEGER NOT NULL DEFAULT 0;
  UPDATE jobs SET recipients =
    (SELECT count(*) FROM ledger WHERE ledger.job = jobs.id AND ledger.state = 'planned' AND jobs.control IS NULL)
    + (SELECT count(*) FROM errands WHERE errands.job = jobs.id)
  WHERE state <> 'done';
  CREATE INDEX queue ON jobs (deployment, transport, state, not_before_ms, control, recipients) WHERE state <> 'done';
  `,
  `
  -- Few of many agents have a key of their own.
  CREATE INDEX keyed_agents ON agents (id) WHERE json_extract(agent, '$.encryptionKey') IS NOT NULL;
  `,
  `
  -- What is sent beside the waves: a control to be told, or parts that an agent asks for.
  ALTER TABLE jobs RENAME COLUMN control TO errand;
  UPDATE jobs SET errand = json_object('control', errand) WHERE errand IS NOT NULL;
  CREATE INDEX errands_of_agent ON errands (agent);
  `,
];
