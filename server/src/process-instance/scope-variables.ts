import { fromColumns, NotFoundError, type TypedValue, type ValueColumns, type Variables } from '@millrace/engine';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { MultipartForm } from '../http/multipart.js';
import { noSuchResource, refused } from '../http/rest-error.js';
import {
  toTypedValue,
  toVariables,
  toVariableValue,
  toVariableValues,
  VariableValueDto,
} from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { binaryAnswer, readUpload } from '../variable-instance/answers.js';
import type { PatchVariablesDto } from './process-instance.dto.js';

/** Whose variables are meant: an activity instance's, or the process instance's own. */
export interface VariableScope {
  readonly processInstanceId: string;
  readonly scopeId: string;
  /** As errors name it: `process instance`, `execution`. */
  readonly kind: string;
}

type VariableColumns = { readonly name: string } & ValueColumns;

/** The variables of one scope: what `/process-instance/{id}/variables` and `/execution/{id}/localVariables` share. */
@Injectable()
export class ScopeVariables {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws RestError (404) when the process instance isn't there */
  async list(scope: VariableScope, deserialize: boolean) {
    const variables = await this.read(scope, null);
    if (Object.keys(variables).length === 0) await this.requireInstance(scope);
    return toVariableValues(variables, { deserialize });
  }

  /** @throws RestError (404) */
  async get(scope: VariableScope, name: string, deserialize: boolean) {
    return toVariableValue(await this.one(scope, name), { deserialize });
  }

  /** The content of a file or of bytes. @throws RestError (404; 400 for a variable of another type) */
  async data(scope: VariableScope, name: string): Promise<StreamableFile> {
    return binaryAnswer(await this.one(scope, name), `'${name}' of ${scope.kind} ${scope.scopeId}`);
  }

  set(scope: VariableScope, name: string, dto: VariableValueDto, userId: string | null): Promise<void> {
    return this.write(scope, { [name]: toTypedValue(dto, name) }, [], userId);
  }

  /** A file, bytes, or an Object as JSON text, uploaded as a form. @throws RestError (400) */
  setBinary(scope: VariableScope, name: string, form: MultipartForm, userId: string | null): Promise<void> {
    return this.write(scope, { [name]: readUpload(form, name) }, [], userId);
  }

  modify(scope: VariableScope, body: PatchVariablesDto, userId: string | null): Promise<void> {
    return this.write(scope, toVariables(body.modifications) ?? {}, body.deletions ?? [], userId);
  }

  remove(scope: VariableScope, name: string, userId: string | null): Promise<void> {
    return this.write(scope, {}, [name], userId);
  }

  private async write(
    { processInstanceId, scopeId, kind }: VariableScope,
    set: Variables,
    remove: readonly string[],
    userId: string | null,
  ): Promise<void> {
    const command = { kind: 'setVariables', scopeId, set, remove, local: true } as const;
    try {
      await this.unitOfWork.run(processInstanceId, command, { userId });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw refused(`Cannot change variables: ${kind} ${scopeId} does not exist`, 404);
    }
  }

  private async one(scope: VariableScope, name: string): Promise<TypedValue> {
    const variable = (await this.read(scope, name))[name];
    if (variable) return variable;
    await this.requireInstance(scope);
    throw noSuchResource(`${scope.kind} variable with name ${name} does not exist`);
  }

  private async read(scope: VariableScope, name: string | null): Promise<Record<string, TypedValue>> {
    const rows = await this.database.query<VariableColumns>(
      `SELECT name, type, text_value AS "textValue", number_value AS "numberValue", value_info AS "valueInfo" FROM variable
       WHERE process_instance_id = $1 AND activity_instance_id = $2 AND task_id IS NULL
         AND ($3::text IS NULL OR name = $3::text) ORDER BY name`,
      [scope.processInstanceId, scope.scopeId, name],
    );
    return Object.fromEntries(rows.map((row) => [row.name, fromColumns(row)]));
  }

  private async requireInstance({ processInstanceId, scopeId, kind }: VariableScope): Promise<void> {
    const found = await this.database.query('SELECT 1 FROM process_instance WHERE id = $1', [processInstanceId]);
    if (found.length === 0) throw refused(`Cannot get variables: ${kind} ${scopeId} does not exist`, 404);
  }
}
