import {
  allReturned,
  type PartCheck,
  type PartColumn,
  type RefusalKind,
  type StatementPart,
} from './statement-part.js';

const ID: PartColumn = { name: 'id', type: 'text' };

// The settings of a job's definition reach jobs that are created later.
const OF_JOB_DEFINITION = `FROM job_definition d WHERE d.process_definition_id = v.process_definition_id
  AND d.element_id = v.element_id AND d.type = v.type AND d.configuration = v.configuration`;

/** What is inserted instead of a column's value, by table and column; `v` is the row of values. */
const EXPRESSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  job: {
    suspended: `v.suspended OR EXISTS (SELECT 1 ${OF_JOB_DEFINITION} AND d.suspended)`,
    priority: `coalesce((SELECT d.priority ${OF_JOB_DEFINITION} LIMIT 1), v.priority)`,
  },
  job_log: {
    priority: `coalesce(j.priority, (SELECT d.priority ${OF_JOB_DEFINITION} LIMIT 1), v.priority)`,
  },
  external_task_log: { retries: 't.retries', worker_id: 't.worker_id' },
};

/** The row that a log tells of, as it was before the commit, even when the commit deletes it. */
const ALSO_READ: Readonly<Record<string, string>> = {
  job_log: 'LEFT JOIN job j ON j.id = v.job_id',
  external_task_log: 'LEFT JOIN external_task t ON t.id = v.external_task_id',
};

export function insertPart(table: string, columns: readonly PartColumn[]): StatementPart {
  const names = columns.map(({ name }) => name);
  const selected = names.map((name) => EXPRESSIONS[table]?.[name] ?? `v.${name}`);
  return {
    key: `${table}+`,
    columns,
    sql: (values) => `INSERT INTO ${table} (${names}) SELECT ${selected} FROM ${values} ${ALSO_READ[table] ?? ''}`,
    checks: [],
  };
}

/** @param set the columns that change; rows that set the same columns share a part */
export function updatePart(table: string, set: readonly PartColumn[]): StatementPart {
  return {
    key: `${table}=${set.map(({ name }) => name)}`,
    columns: [ID, ...set],
    sql: (values) =>
      `UPDATE ${table} t SET ${set.map(({ name }) => `${name} = v.${name}`)} FROM ${values} WHERE t.id = v.id`,
    checks: [],
  };
}

export function deletePart(table: string): StatementPart {
  return {
    key: `${table}-`,
    columns: [ID],
    sql: (values) => `DELETE FROM ${table} t USING ${values} WHERE t.id = v.id`,
    checks: [],
  };
}

/** An instance that goes on: only at the revision that it was decided on. */
export const instanceUpdate: StatementPart = {
  key: 'process_instance=',
  columns: [
    ID,
    { name: 'revision', type: 'integer' },
    { name: 'process_definition_id', type: 'text' },
    { name: 'process_definition_key', type: 'text' },
    { name: 'business_key', type: 'text' },
    { name: 'suspended', type: 'boolean' },
    { name: 'state', type: 'jsonb' },
  ],
  sql: (values) =>
    `UPDATE process_instance p
     SET revision = v.revision + 1, process_definition_id = v.process_definition_id,
       process_definition_key = v.process_definition_key, business_key = v.business_key, suspended = v.suspended, state = v.state
     FROM ${values} WHERE p.id = v.id AND p.revision = v.revision RETURNING p.id`,
  checks: [allReturned('revision')],
};

/** An instance that has ended. */
export const instanceDelete: StatementPart = {
  key: 'process_instance-',
  columns: [ID, { name: 'revision', type: 'integer' }],
  sql: (values) =>
    `DELETE FROM process_instance p USING ${values} WHERE p.id = v.id AND p.revision = v.revision RETURNING p.id`,
  checks: [allReturned('revision')],
};

/**
 * Like a foreign key's check: definitions of which instances are started can't be deleted, suspended or given another
 * state while the commit isn't done.
 */
function definitionsPart(key: string, state: PartCheck): StatementPart {
  return {
    key,
    columns: [ID],
    isDistinct: true,
    sql: (values) =>
      `SELECT d.id, d.suspended, d.state FROM process_definition d WHERE d.id IN (SELECT v.id FROM ${values}) ORDER BY d.id FOR SHARE`,
    checks: [allReturned('definition'), noneWhere('suspended', 'suspended'), state],
  };
}

function noneWhere(kind: RefusalKind, condition: string): PartCheck {
  return {
    kind,
    fails: (rows) => `EXISTS (SELECT 1 FROM ${rows} WHERE ${condition})`,
    ids: (rows) => `SELECT id FROM ${rows} WHERE ${condition}`,
  };
}

/** Definitions of which instances are started from outside. */
export const startedDefinitions = definitionsPart(
  'process_definition?',
  noneWhere('inactive', "state NOT IN ('active', 'canary')"),
);

/** Definitions that running instances call: what they were pinned to is there for them as long as they run. */
export const calledDefinitions = definitionsPart(
  'process_definition?called',
  noneWhere('archived', "state = 'archived'"),
);

/**
 * Definitions that were meant as the newest active version of their key, or as the canary beside it, by somebody who knew
 * of that canary. Several who start the same definition count once: what one of them didn't know the others had asked.
 */
export const latestDefinitions: StatementPart = {
  key: 'process_definition!',
  columns: [ID, { name: 'canary_id', type: 'text' }],
  isDistinct: true,
  sql: (values) =>
    `SELECT d.id FROM ${values} JOIN process_definition d ON d.id = v.id
     WHERE d.state = 'canary' OR NOT EXISTS (SELECT 1 FROM process_definition n
       WHERE n.key = d.key AND coalesce(n.tenant_id, '') = coalesce(d.tenant_id, '') AND n.version > d.version
         AND (n.state = 'active' OR n.state = 'canary' AND n.id IS DISTINCT FROM v.canary_id))`,
  checks: [allReturned('latest')],
};

/**
 * A lock that must still be held. Where the row goes with an instance's commit, that instance's revision keeps two
 * holders apart; where it doesn't, the row is locked.
 */
export function guardPart(table: string, column: string, exclusive: boolean): StatementPart {
  return {
    key: `${table}?${column}${exclusive ? '!' : ''}`,
    columns: [ID, { name: 'holder', type: 'text' }],
    sql: (values) =>
      `SELECT t.id FROM ${table} t JOIN ${values} ON t.id = v.id WHERE t.${column} ${exclusive ? 'IS NOT DISTINCT FROM' : '='} v.holder${exclusive ? ' FOR UPDATE OF t' : ''}`,
    checks: [allReturned('guard')],
  };
}
