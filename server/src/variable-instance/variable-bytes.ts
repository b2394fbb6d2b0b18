import { fromColumns, type TypedValue, type ValueColumns } from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';

/** One variable with all of its value, files included; null when there is none of the id. */
export async function variableWithBytes(
  database: Queryable,
  table: 'variable' | 'historic_variable',
  id: string,
): Promise<TypedValue | null> {
  const [row] = await database.query<ValueColumns>(
    `SELECT type, text_value AS "textValue", number_value AS "numberValue", value_info AS "valueInfo"
     FROM ${table} WHERE id = $1`,
    [id],
  );
  return row ? fromColumns(row) : null;
}
