import type { ParseExceptionBody, Problem } from '../api/types.js';

/** One reason why a deployment was refused, or a warning beside it. */
export interface DeploymentProblem {
  severity: 'error' | 'warning';
  file: string;
  message: string;
  line: number | null;
  column: number | null;
  /** The element to go to, and all that have part in it, itself included. */
  elementId: string | null;
  elementIds: readonly string[];
}

/** The server's report as a flat list: errors first, in the order of the files and lines. */
export function problemsOf({ message, details }: ParseExceptionBody): DeploymentProblem[] {
  const problems = Object.entries(details ?? {}).flatMap(([file, report]) => [
    ...(report.errors ?? []).map((problem) => toProblem('error', file, problem)),
    ...(report.warnings ?? []).map((problem) => toProblem('warning', file, problem)),
  ]);
  if (problems.length === 0) {
    return [{ severity: 'error', file: '', message, line: null, column: null, elementId: null, elementIds: [] }];
  }
  return problems.sort(
    (a, b) =>
      Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
      a.file.localeCompare(b.file) ||
      (a.line ?? 0) - (b.line ?? 0),
  );
}

function toProblem(severity: DeploymentProblem['severity'], file: string, problem: Problem): DeploymentProblem {
  const elementIds = [...new Set([problem.mainElementId, ...(problem.elementIds ?? [])])].filter(
    (id): id is string => typeof id === 'string' && id !== '',
  );
  return {
    severity,
    file,
    message: problem.message,
    line: problem.line > 0 ? problem.line : null,
    column: problem.column > 0 ? problem.column : null,
    elementId: elementIds[0] ?? null,
    elementIds,
  };
}
