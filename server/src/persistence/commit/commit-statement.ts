import type { PreparedStatement } from '../database.js';
import { encodeArray } from './encode-array.js';
import type { StatementPart } from './statement-part.js';

/** Prepared plans cost a connection's memory; beyond this number one that fits everything so far takes their place. */
const MAX_SHAPES = 24;
/** Parts without rows that a batch may carry along, so that it can use a statement that is prepared already. */
const MAX_IDLE_PARTS = 6;

interface PartRows {
  readonly part: StatementPart;
  /** By column. */
  readonly values: readonly unknown[][];
  /** Of a part whose rows are distinct. */
  readonly ids: Set<unknown> | null;
}

/** The rows of one batch, gathered by the part that they belong to. */
export class Batch {
  private readonly rows = new Map<string, PartRows>();

  /** @param row the values in the order of the part's columns */
  add(part: StatementPart, row: readonly unknown[]): void {
    let entry = this.rows.get(part.key);
    if (!entry) {
      entry = { part, values: part.columns.map(() => []), ids: part.isDistinct ? new Set() : null };
      this.rows.set(part.key, entry);
    }
    const { values, ids } = entry;
    if (ids?.has(row[0])) return;
    ids?.add(row[0]);
    for (let i = 0; i < values.length; i++) values[i]!.push(row[i]);
  }

  get parts(): StatementPart[] {
    return [...this.rows.values()].map(({ part }) => part);
  }

  /** Of a part's columns; empty ones for a part without rows. @throws as `encodeArray` */
  arrays({ key, columns }: StatementPart): readonly Buffer[] {
    const values = this.rows.get(key)?.values;
    return columns.map(({ type }, column) => encodeArray(type, values?.[column] ?? []));
  }
}

/** A set of parts with the text that does them all. */
interface Shape {
  readonly name: string;
  readonly text: string;
  readonly parts: readonly StatementPart[];
  readonly keys: ReadonlySet<string>;
}

/**
 * Makes one statement of a batch: every part is a common table expression, and the outermost query refuses the whole
 * when a check fails. PostgreSQL takes all parts from one snapshot and commits them together.
 */
export class CommitStatements {
  private shapes: Shape[] = [];
  private named = 0;

  /** @throws as `encodeArray` */
  statementFor(batch: Batch): PreparedStatement {
    const { name, text, parts } = this.shapeFor(batch.parts);
    return { name, text, values: parts.flatMap((part) => batch.arrays(part)) };
  }

  private shapeFor(parts: readonly StatementPart[]): Shape {
    let best: Shape | null = null;
    for (const shape of this.shapes)
      if (parts.every(({ key }) => shape.keys.has(key)) && (!best || shape.parts.length < best.parts.length))
        best = shape;
    if (best && (best.parts.length - parts.length <= MAX_IDLE_PARTS || this.shapes.length >= MAX_SHAPES)) return best;
    const full = this.shapes.length >= MAX_SHAPES;
    const wanted = full ? unite([...this.shapes.flatMap((shape) => shape.parts), ...parts]) : parts;
    const shape = toShape(`commit_${++this.named}`, wanted);
    // The union stands alone from then on: what it can't do makes it grow again.
    this.shapes = full ? [shape] : [...this.shapes, shape];
    return shape;
  }
}

function unite(parts: readonly StatementPart[]): StatementPart[] {
  return [...new Map(parts.map((part) => [part.key, part])).values()];
}

function toShape(name: string, parts: readonly StatementPart[]): Shape {
  let parameters = 0;
  const expressions: string[] = [];
  const checks: string[] = [];
  parts.forEach((part, index) => {
    const first = parameters + 1;
    parameters += part.columns.length;
    const param = (column: number) => `$${first + column}::${part.columns[column]?.type}[]`;
    const names = part.columns.map((column) => column.name);
    const values = `unnest(${part.columns.map((_, column) => param(column))}) AS v(${names})`;
    const rows = `p${index}`;
    expressions.push(`${rows} AS (${part.sql(values)})`);
    for (const { kind, fails, ids } of part.checks)
      checks.push(`WHEN ${fails(rows, param)} THEN refuse_commit('${kind}', ARRAY(${ids(rows, param)}))`);
  });
  const verdict = checks.length === 0 ? '1' : `CASE ${checks.join('\n')} END`;
  return {
    name,
    text: `WITH ${expressions.join(',\n')}\nSELECT ${verdict}`,
    parts,
    keys: new Set(parts.map(({ key }) => key)),
  };
}
