import { Injectable } from '@nestjs/common';
import type { BatchDto } from '../batch/batch.dto.js';
import { BatchService } from '../batch/batch.service.js';
import { invalidRequest } from '../http/rest-error.js';
import { MigrationLogQueries } from './migration-log.query.js';
import type { UndoDto } from './undo.dto.js';

@Injectable()
export class UndoService {
  constructor(
    private readonly log: MigrationLogQueries,
    private readonly batches: BatchService,
  ) {}

  /** As a batch: each instance by itself, those that have moved on are skipped. @throws RestError (404; 400 for none) */
  async undo(migrationId: string, body: UndoDto, userId: string | null): Promise<BatchDto> {
    await this.log.get(migrationId);
    const instanceIds = await this.log.instanceIds(migrationId, body.processInstanceIds ?? null);
    if (instanceIds.length === 0)
      throw invalidRequest(
        `Nothing of migration '${migrationId}' can be undone: none of the instances is left to be put back`,
      );
    return this.batches.create({
      type: 'migration-undo',
      instanceIds,
      configuration: { migrationId },
      userId,
      annotation: body.annotation ?? null,
      operation: { type: 'UndoMigration', entity: 'ProcessInstance' },
    });
  }
}
