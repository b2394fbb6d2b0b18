import type { MigrationInstruction, PlanReport, Refresh, RefreshAspect } from '../api/migration.js';

/** What becomes of one activity of the source; without targets it is not mapped. */
export interface PlanRow {
  sourceId: string;
  /** Several where one activity becomes several. */
  targetIds: readonly string[];
  updateEventTrigger: boolean;
  refresh: Refresh;
}

/** One row per source activity and instruction: several sources in one instruction are the same as one each. */
export function rowsOf(instructions: readonly MigrationInstruction[]): PlanRow[] {
  return instructions.flatMap(({ sourceActivityIds, targetActivityIds, updateEventTrigger, refresh }) =>
    sourceActivityIds.map((sourceId) => ({
      sourceId,
      targetIds: targetActivityIds,
      updateEventTrigger: updateEventTrigger ?? false,
      refresh: refresh ?? {},
    })),
  );
}

/** @param sourceIds the activities of the source; each that the plan doesn't name gets a row that isn't mapped */
export function withUnmapped(rows: readonly PlanRow[], sourceIds: readonly string[]): PlanRow[] {
  const order = new Map(sourceIds.map((id, index) => [id, index]));
  const named = new Set(rows.map(({ sourceId }) => sourceId));
  const missing = sourceIds.filter((id) => !named.has(id)).map(unmapped);
  const place = ({ sourceId }: PlanRow) => order.get(sourceId) ?? sourceIds.length;
  return [...rows, ...missing].sort((a, b) => place(a) - place(b));
}

export function instructionsOf(rows: readonly PlanRow[]): MigrationInstruction[] {
  return rows
    .filter(({ targetIds }) => targetIds.length > 0)
    .map(({ sourceId, targetIds, updateEventTrigger, refresh }) => ({
      sourceActivityIds: [sourceId],
      targetActivityIds: [...targetIds],
      ...(updateEventTrigger && { updateEventTrigger }),
      ...(Object.keys(refresh).length > 0 && { refresh }),
    }));
}

/** Another target, one more, or with null one less. What was to be refreshed goes when nothing is mapped any more. */
export function withTarget(row: PlanRow, index: number, targetId: string | null): PlanRow {
  const targetIds = row.targetIds.flatMap((id, at) => (at !== index ? [id] : targetId === null ? [] : [targetId]));
  if (targetId !== null && index >= row.targetIds.length) targetIds.push(targetId);
  return targetIds.length === 0 ? unmapped(row.sourceId) : { ...row, targetIds };
}

/** @param choice null: as usual */
export function withRefresh(row: PlanRow, aspect: RefreshAspect, choice: 'keep' | 'refresh' | null): PlanRow {
  const { [aspect]: _, ...others } = row.refresh;
  return { ...row, refresh: choice === null ? others : { ...others, [aspect]: choice } };
}

/** What the server says against the row's instruction. */
export function failuresOf(row: PlanRow, report: PlanReport | null): string[] {
  const ofRow = (report?.instructionReports ?? []).filter(
    ({ instruction: { sourceActivityIds, targetActivityIds } }) =>
      sourceActivityIds.includes(row.sourceId) && targetActivityIds.every((id) => row.targetIds.includes(id)),
  );
  return [...new Set(ofRow.flatMap(({ failures }) => failures))];
}

export function isValid(report: PlanReport): boolean {
  return (
    report.instructionReports.length === 0 &&
    (report.targetFailures ?? []).length === 0 &&
    Object.values(report.variableReports).every(({ failures }) => failures.length === 0)
  );
}

function unmapped(sourceId: string): PlanRow {
  return { sourceId, targetIds: [], updateEventTrigger: false, refresh: {} };
}
