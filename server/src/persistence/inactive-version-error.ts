import { EngineError } from '@millrace/engine';

/** A version that is draining or archived takes no new instances. */
export class InactiveVersionError extends EngineError {
  readonly code = 'INACTIVE_VERSION';

  constructor(readonly definitionId: string) {
    super(
      `Expected process definition '${definitionId}' to take new instances, but it is draining or archived; start a version that is active, or make this one active again`,
      { definitionId },
    );
  }
}
