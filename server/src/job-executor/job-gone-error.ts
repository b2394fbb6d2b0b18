/** The job's row isn't there any more, or another server has it: there is nothing left to do. */
export class JobGoneError extends Error {
  override readonly name = 'JobGoneError';
}
