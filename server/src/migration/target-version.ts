import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import type { VersionState } from '../persistence/entities/process-definition.js';

/** Whether a version takes instances that migrate to it: as for new ones, only while it is active or a canary. */
@Injectable()
export class TargetVersions {
  constructor(private readonly database: Database) {}

  /** What is wrong with a target that wasn't asked for although it takes no new instances. */
  async failures(id: string, allowInactive: boolean): Promise<string[]> {
    if (allowInactive) return [];
    const [found] = await this.database.query<{ state: VersionState }>(
      'SELECT state FROM process_definition WHERE id = $1',
      [id],
    );
    if (!found || found.state === 'active' || found.state === 'canary') return [];
    return [
      `Target process definition '${id}' is ${found.state}: it takes no new instances. Make it active again, or say 'allowInactiveTarget' in the plan`,
    ];
  }
}
