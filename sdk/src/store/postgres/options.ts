/** What a store is told of its database. Names no type of `pg`: whoever reads these need not have its types. */

/** Where the database is. */
export interface DatabaseOptions {
  /**
   * `postgres://user:password@host:port/database?sslmode=…`; of several hosts, `a:5432,b:5432`, the one that takes
   * writes.
   */
  readonly connectionString: string;
  /** Most connections. Default 10. */
  readonly connections?: number;
  /** How long a database that is away is waited for, milliseconds. Default 15,000. */
  readonly patienceMs?: number;
}
