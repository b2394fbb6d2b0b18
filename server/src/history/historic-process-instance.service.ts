import { Injectable } from '@nestjs/common';
import { noSuchResource, RestError } from '../http/rest-error.js';
import { Database } from '../persistence/database.js';

const TABLES = [
  'historic_activity_instance',
  'historic_variable',
  'historic_task',
  'historic_incident',
  'job_log',
  'external_task_log',
];

@Injectable()
export class HistoricProcessInstanceService {
  constructor(private readonly database: Database) {}

  /** Everything that is recorded of a finished instance. @throws RestError (404; 400 while it is running) */
  async delete(id: string, failIfNotExists: boolean): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [instance] = await tx.query<{ ended_at: Date | null }>(
        'SELECT ended_at FROM historic_process_instance WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (!instance && !failIfNotExists) return;
      if (!instance) throw noSuchResource(`Historic process instance with id ${id} does not exist`);
      if (instance.ended_at === null)
        throw new RestError(
          400,
          'BadUserRequestException',
          `Process instance ${id} is still running, so its history stays`,
          0,
        );
      for (const table of TABLES) await tx.query(`DELETE FROM ${table} WHERE process_instance_id = $1`, [id]);
      await tx.query('DELETE FROM historic_process_instance WHERE id = $1', [id]);
    });
  }
}
