import { InvalidCommandError } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { type VersionReport, VersionStates } from './version-states.service.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Archives versions that have been drained for long. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly database: Database,
    private readonly states: VersionStates,
  ) {}

  /** Drained versions that began to drain, and whose last instance ended, before that many days. */
  async due(days: number, now = new Date()): Promise<VersionReport[]> {
    const before = new Date(now.getTime() - days * DAY_MS);
    const rows = await this.database.query<{ id: string }>(
      `SELECT d.id FROM process_definition d
       WHERE d.state = 'draining' AND d.state_since <= $1
         AND NOT EXISTS (SELECT 1 FROM process_instance p WHERE p.process_definition_id = d.id)
         AND NOT EXISTS (SELECT 1 FROM historic_process_instance h WHERE h.process_definition_id = d.id AND h.ended_at > $1)
       ORDER BY d.id`,
      [before],
    );
    const reports: VersionReport[] = [];
    for (const { id } of rows) reports.push(await this.states.get(id));
    return reports.filter(({ state }) => state === 'drained');
  }

  /** Harmless when several servers do it at once: each version is archived under the deployment lock, if it's still drained. */
  async archive(days: number, userId: string | null, now = new Date()): Promise<VersionReport[]> {
    const archived: VersionReport[] = [];
    for (const { id } of await this.due(days, now)) {
      try {
        archived.push(await this.states.set(id, 'archived', userId));
      } catch (error) {
        if (error instanceof InvalidCommandError) continue; // used again meanwhile
        throw error;
      }
    }
    return archived;
  }
}
