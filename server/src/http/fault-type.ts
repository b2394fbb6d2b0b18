import { EngineError } from '@millrace/engine';

/** The names under which clients of Camunda know what goes wrong in a process, beside the general ones. */
const BY_FAULT: Readonly<Record<string, string>> = {
  'number-format': 'NumberFormatException',
  'no-such-element': 'NoSuchElementException',
  'class-cast': 'ClassCastException',
  'hit-policy': 'DmnHitPolicyException',
  decision: 'DmnEngineException',
};

/** The type of an error's answer that is more exact than the general one; undefined where there is none. */
export function faultType(error: unknown): string | undefined {
  return error instanceof EngineError ? BY_FAULT[String(error.details['fault'])] : undefined;
}
