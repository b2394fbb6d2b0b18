/** One column that a part of a commit's statement is given, as an array of values. */
export interface PartColumn {
  readonly name: string;
  /** As in a cast. */
  readonly type: string;
}

/** Why a commit can't be: each is checked by the statement itself. */
export type RefusalKind =
  /** An instance's row isn't at the revision that the command was decided on. */
  | 'revision'
  /** A worker's or server's lock isn't what the command was sent with. */
  | 'guard'
  /** A definition of which an instance is started is gone. */
  | 'definition'
  /** … is suspended. */
  | 'suspended'
  /** … takes no new instances from outside. */
  | 'inactive'
  /** … takes none at all. */
  | 'archived'
  /** … isn't the newest active version of its key. */
  | 'latest';

/** What must be true of a part's rows for the commit to happen; else it's refused with the ids that fail. */
export interface PartCheck {
  readonly kind: RefusalKind;
  /**
   * A condition and a query of ids, in terms of the part's rows.
   * @param rows the name under which the part's result can be read
   * @param param a parameter of the part, by the position of its column
   */
  readonly fails: (rows: string, param: (column: number) => string) => string;
  readonly ids: (rows: string, param: (column: number) => string) => string;
}

/** One of the statements that make up a commit, as a common table expression. */
export interface StatementPart {
  /** Parts of the same key have the same text. */
  readonly key: string;
  readonly columns: readonly PartColumn[];
  /** Rows of the same id, as several units bring them, count once. */
  readonly isDistinct?: true;
  /** @param values the part's arrays as a row source: `unnest($1::text[], …) AS v(id, …)` */
  readonly sql: (values: string) => string;
  readonly checks: readonly PartCheck[];
}

/** All rows that were given must be among those that the part returns. */
export function allReturned(kind: RefusalKind): PartCheck {
  return {
    kind,
    fails: (rows, param) => `(SELECT count(*) FROM ${rows}) < cardinality(${param(0)})`,
    ids: (rows, param) => `SELECT unnest(${param(0)}) EXCEPT SELECT id FROM ${rows}`,
  };
}
