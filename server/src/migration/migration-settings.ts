import { Injectable } from '@nestjs/common';

/** What the server's configuration says of migrations. */
@Injectable()
export class MigrationSettings {
  /** @param snapshotDays how long a migration can be undone; 0 keeps nothing to undo it with */
  constructor(readonly snapshotDays: number) {}
}
