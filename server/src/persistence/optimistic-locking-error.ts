import { EngineError } from '@millrace/engine';

/** The instance kept changing under the command, which was tried several times. Nothing was written; it can be sent again. */
export class OptimisticLockingError extends EngineError {
  readonly code = 'OPTIMISTIC_LOCKING';
}
