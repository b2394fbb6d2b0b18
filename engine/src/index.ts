// The public entrance of @millrace/engine. Hosts (server, test kit, browser) import from here only.

export type { EventChange } from './analysis/event-changes.js';
export { eventChanges } from './analysis/event-changes.js';
export { formReferences } from './analysis/form-references.js';
export type { Prediction } from './analysis/predict-migration.js';
export { predictMigration } from './analysis/predict-migration.js';
export type { SignaturePart } from './analysis/state-signature.js';
export { stateSignature } from './analysis/state-signature.js';
export type { UnwrittenVariable } from './analysis/variable-use.js';
export { unwrittenVariables } from './analysis/variable-use.js';
export type { DecisionModel } from './decision/parse-decisions.js';
export { parseDecisions } from './decision/parse-decisions.js';
export type { Problem } from './errors.js';
export {
  EngineError,
  EvaluationError,
  ExecutionError,
  ExpressionSyntaxError,
  InvalidCommandError,
  MigratingInstanceError,
  MigrationPlanError,
  MissingResource,
  NotFoundError,
  ParseError,
  SuspendedError,
} from './errors.js';
export { compileExpression } from './expression/compile-expression.js';
export { createScriptHost, scriptHostOn } from './expression/javascript-host.js';
export type * from './expression/script/script-runner.js';
export { compilePlan } from './migration/compile-plan.js';
export type { DryRun, Finding, Verdict } from './migration/dry-run.js';
export { dryRun } from './migration/dry-run.js';
export { generatePlan } from './migration/generate-plan.js';
export type { Footprint, KeptRows } from './migration/inverse.js';
export { footprintOf, inverseOf, rowsToKeep } from './migration/inverse.js';
export type * from './migration/plan.js';
export { REFRESH_ASPECTS } from './migration/plan.js';
export { validateInstance } from './migration/validate-instance.js';
export { validatePlan } from './migration/validate-plan.js';
export type { ParsedBpmn, ResourceReader, ScriptChecker } from './model/parse-bpmn.js';
export { parseBpmn } from './model/parse-bpmn.js';
export type * from './model/process-model.js';
export { reachableElements } from './model/reachable-elements.js';
export type * from './modification/instruction.js';
export type * from './ports.js';
export type * from './runtime/commands.js';
export { inOrder } from './runtime/commands.js';
export { execute } from './runtime/execute.js';
export { isScope } from './runtime/execution-scope.js';
export type * from './runtime/records.js';
export { heldStartConditions } from './runtime/start-conditions.js';
export type * from './runtime/state.js';
export type { StoredInstance } from './runtime/stored-state.js';
export { restoreState, storeState } from './runtime/stored-state.js';
export type { TypedValue, Variables, VariableType } from './runtime/typed-value.js';
export { fromNative, JsonNode, NULL, toNative } from './runtime/typed-value.js';
export { fromColumns, toColumns } from './runtime/value-columns.js';
export { nextDue, parseCycle } from './time/cycle.js';
export { parseDateTime } from './time/date-time.js';
export { addDuration, parseDuration } from './time/duration.js';
export { resolveTimer } from './time/resolve-timer.js';
export { parseRetryCycle } from './time/retry-cycle.js';
