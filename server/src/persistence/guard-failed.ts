/** A lock that a command was sent with isn't held any more, or the locked row is gone. */
export class GuardFailed extends Error {
  override readonly name = 'GuardFailed';

  /** @param id of the row that was to be locked */
  constructor(readonly id: string) {
    super(`Expected the lock of '${id}' to be held still, but it isn't`);
  }
}
