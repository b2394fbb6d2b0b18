/** A definition was taken for the newest version of its key, but it isn't any more. */
export class OutdatedDefinition extends Error {
  override readonly name = 'OutdatedDefinition';

  constructor(readonly definitionId: string) {
    super(`Expected '${definitionId}' to be the newest version of its process, but there is a newer one`);
  }
}
