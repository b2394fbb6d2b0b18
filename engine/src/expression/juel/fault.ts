/** Why an expression has no value; it becomes an EvaluationError, which names the whole expression. */
export class Fault extends Error {
  constructor(
    reason: string,
    /** Set when a name isn't known: callers tell that from other failures. */
    readonly unresolved?: string,
  ) {
    super(reason);
    this.name = 'Fault';
  }
}
