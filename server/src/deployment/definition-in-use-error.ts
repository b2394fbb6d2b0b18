import { EngineError } from '@millrace/engine';

/** Running instances need the definition that was to be deleted. */
export class DefinitionInUseError extends EngineError {
  readonly code = 'DEFINITION_IN_USE';
}
