import { EngineError } from '@millrace/engine';

/** Running instances need the definition that was to be deleted. */
export class DefinitionInUseError extends EngineError {
  readonly code = 'DEFINITION_IN_USE';

  static of(id: string): DefinitionInUseError {
    return new DefinitionInUseError(
      `Expected no running instances of process definition '${id}', but there are some; delete them first, or set cascade=true`,
      { id },
    );
  }
}
