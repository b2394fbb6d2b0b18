import { type InstanceState, storeState, type TableName } from '@millrace/engine';
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Guard, UnitOfWorkResult } from '../committer.js';
import { CHANGE_TABLES } from '../entities/all-entities.js';
import { ProcessInstanceEntity } from '../entities/process-instance.js';
import type { Batch } from './commit-statement.js';
import {
  calledDefinitions,
  deletePart,
  guardPart,
  insertPart,
  instanceDelete,
  instanceUpdate,
  latestDefinitions,
  startedDefinitions,
  updatePart,
} from './parts.js';
import { SnapshotParts } from './snapshot-parts.js';
import type { PartColumn, StatementPart } from './statement-part.js';

type Row = Readonly<Record<string, unknown>>;

/** A table's columns with the properties that they hold. */
interface Columns {
  readonly table: string;
  readonly properties: readonly string[];
  readonly columns: readonly PartColumn[];
}

/** What one table's rows go through: insert, delete, and an update per set of columns. */
class TableParts {
  private readonly inserts: StatementPart;
  private readonly deletes: StatementPart;
  private readonly updates = new Map<
    string,
    { readonly part: StatementPart; readonly properties: readonly string[] }
  >();

  constructor(private readonly of: Columns) {
    this.inserts = insertPart(of.table, of.columns);
    this.deletes = deletePart(of.table);
  }

  insert(batch: Batch, row: Row): void {
    batch.add(
      this.inserts,
      this.of.properties.map((property) => row[property]),
    );
  }

  delete(batch: Batch, id: string): void {
    batch.add(this.deletes, [id]);
  }

  update(batch: Batch, id: string, set: Row): void {
    const key = Object.keys(set).join();
    if (key === '') return;
    let update = this.updates.get(key);
    if (!update) {
      const positions = [...this.of.properties.keys()].filter((i) => {
        const property = this.of.properties[i]!;
        return property !== 'id' && property in set;
      });
      update = {
        part: updatePart(
          this.of.table,
          positions.map((i) => this.of.columns[i]!),
        ),
        properties: positions.map((i) => this.of.properties[i]!),
      };
      this.updates.set(key, update);
    }
    batch.add(update.part, [id, ...update.properties.map((property) => set[property])]);
  }
}

const GUARDS: Readonly<Record<Guard['kind'], StatementPart>> = {
  externalTask: guardPart('external_task', 'worker_id', false),
  job: guardPart('job', 'lock_owner', false),
  startJob: guardPart('job', 'lock_owner', true),
};

/** Turns units of work into the rows of a batch. */
export class UnitParts {
  private readonly tables: Readonly<Record<TableName, TableParts>>;
  private readonly instanceInsert: StatementPart;
  private readonly snapshots: SnapshotParts;
  private readonly instanceProperties: readonly string[];

  constructor(dataSource: DataSource) {
    const tables = Object.entries(CHANGE_TABLES).map(
      ([name, entity]) => [name, new TableParts(columnsOf(dataSource, entity))] as const,
    );
    this.tables = Object.fromEntries(tables) as Record<TableName, TableParts>;
    this.snapshots = new SnapshotParts(dataSource);
    const { table, columns, properties } = columnsOf(dataSource, ProcessInstanceEntity);
    this.instanceInsert = insertPart(table, columns);
    this.instanceProperties = properties;
  }

  /** The instances' rows come first: they are the locks that everything else of the instance stands behind. */
  addTo(batch: Batch, unit: UnitOfWorkResult): void {
    for (const { before, after, id } of unit.instances) {
      if (before && after) batch.add(instanceUpdate, updatedRow(after, before.revision));
      else if (before) batch.add(instanceDelete, [id, before.revision]);
      else if (after) {
        const row = insertedRow(after);
        batch.add(
          this.instanceInsert,
          this.instanceProperties.map((property) => row[property]),
        );
      }
    }
    for (const snapshot of unit.snapshots ?? []) this.snapshots.addTo(batch, snapshot);
    for (const guard of unit.guards) batch.add(GUARDS[guard.kind], [guard.id, guard.holder]);
    for (const id of new Set(unit.startedDefinitionIds)) batch.add(startedDefinitions, [id]);
    for (const id of new Set(unit.calledDefinitionIds)) batch.add(calledDefinitions, [id]);
    for (const { id, canaryId } of unit.latestDefinitions) batch.add(latestDefinitions, [id, canaryId]);
    for (const change of unit.changes) {
      const table = this.tables[change.table];
      if (change.op === 'insert') table.insert(batch, change.row as unknown as Row);
      else if (change.op === 'update') table.update(batch, change.id, change.set);
      else table.delete(batch, change.id);
    }
  }
}

function columnsOf(dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): Columns {
  const { tableName, columns } = dataSource.getMetadata(entity);
  return {
    table: tableName,
    properties: columns.map(({ propertyName }) => propertyName),
    columns: columns.map(({ databaseName, type }) => ({ name: databaseName, type: String(type) })),
  };
}

function updatedRow(after: InstanceState, revision: number): readonly unknown[] {
  return [
    after.id,
    revision,
    after.definitionId,
    after.definitionKey,
    after.businessKey,
    after.suspended,
    storeState(after),
  ];
}

function insertedRow(state: InstanceState): Row {
  return {
    id: state.id,
    rootProcessInstanceId: state.rootProcessInstanceId,
    superProcessInstanceId: state.superProcessInstanceId,
    superActivityInstanceId: state.superActivityInstanceId,
    processDefinitionId: state.definitionId,
    processDefinitionKey: state.definitionKey,
    businessKey: state.businessKey,
    tenantId: state.tenantId,
    suspended: state.suspended,
    startedAt: new Date(state.startedAt),
    revision: 1,
    state: storeState(state),
  };
}
