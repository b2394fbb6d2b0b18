import {
  type EvaluationContext,
  type FormField,
  fromNative,
  InvalidCommandError,
  type TypedValue,
  type Variables,
  type WritableVariables,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { invalidRequest, noSuchResource, refused } from '../http/rest-error.js';
import { toVariableValue, type VariableValueAnswer } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import type { UserTaskEntity } from '../persistence/entities/user-task.js';
import { type DeployedForm, findDeployedForm } from './deployed-form.js';
import { readForm, toText, variableTypeOf } from './form-values.js';
import { renderForm } from './generated-form.js';
import { type FormDto, toFormRef } from './task.dto.js';
import { TaskQueries } from './task.query.js';

/** What people fill in to complete a task: forms made from the model's fields, and forms that were deployed. */
@Injectable()
export class TaskFormService {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
    private readonly tasks: TaskQueries,
  ) {}

  async form(id: string): Promise<FormDto> {
    const task = await this.tasks.find(id).catch(() => {
      throw refused(`Cannot get the form of task ${id}: there is no such task`);
    });
    const fields = await this.fields(task);
    const generated = `embedded:engine://engine/:engine/task/${id}/rendered-form`;
    return { key: fields ? generated : task.formKey, camundaFormRef: toFormRef(task), contextPath: null };
  }

  /** @throws RestError (404) for a task whose form isn't made of fields */
  async rendered(id: string): Promise<string> {
    const task = await this.tasks.find(id);
    const fields = await this.fields(task);
    if (!fields) throw noSuchResource(`Task ${id} has no form that could be rendered`);
    const values = await this.startValues(task, fields);
    return renderForm(
      fields.map((field) => ({
        field,
        variableType: field.type === 'date' ? 'String' : variableTypeOf(field),
        value: toText(field, values[field.id] ?? null),
      })),
    );
  }

  /** @throws RestError (400, 404) */
  async deployed(id: string): Promise<DeployedForm> {
    return findDeployedForm(this.database, await this.tasks.find(id));
  }

  /**
   * The variables that a form of the task can show: those visible to the task and the fields of its form.
   * @param names null for all
   */
  async variables(
    id: string,
    names: readonly string[] | null,
    deserialize: boolean,
  ): Promise<Record<string, VariableValueAnswer>> {
    const task = await this.tasks.find(id).catch(() => {
      throw invalidRequest(`Cannot get the form variables of task ${id}: there is no such task`);
    });
    const fields = (await this.fields(task)) ?? [];
    const visible = await this.tasks.variables(task, false, null);
    const starting = await this.startValues(task, fields);
    const answer: Record<string, VariableValueAnswer> = {};
    for (const field of fields) {
      const value = starting[field.id] ?? { type: variableTypeOf(field), value: null };
      answer[field.id] =
        field.type === 'date'
          ? { type: 'String', value: toText(field, value) ?? '', valueInfo: {} }
          : toVariableValue(value, { deserialize });
    }
    for (const [name, value] of Object.entries(visible)) answer[name] ??= toVariableValue(value, { deserialize });
    if (names === null) return answer;
    return Object.fromEntries(Object.entries(answer).filter(([name]) => names.includes(name)));
  }

  /** What a submitted form sets. @throws RestError (400) that names the field */
  async read(task: UserTaskEntity, given: Variables): Promise<Variables> {
    const fields = await this.fields(task);
    if (!fields) return given;
    const missing = fields.filter(({ id, defaultValue }) => defaultValue && (given[id]?.value ?? null) === null);
    return readForm(fields, given, missing.length === 0 ? {} : await this.startValues(task, missing));
  }

  private async fields(task: UserTaskEntity): Promise<readonly FormField[] | null> {
    const model = await this.definitions.model(task.processDefinitionId);
    const element = model.elements.get(task.elementId);
    const form = element?.behavior.form?.(element) ?? null;
    return form?.kind === 'fields' ? form.fields : null;
  }

  /** A field starts with the variable of its name, else with its default. */
  private async startValues(task: UserTaskEntity, fields: readonly FormField[]): Promise<Record<string, TypedValue>> {
    const visible = await this.tasks.variables(task, false, null);
    const context = await this.contextOf(task, visible);
    const values: Record<string, TypedValue> = {};
    for (const field of fields) {
      const value = visible[field.id] ?? defaultOf(field, context);
      if (value) values[field.id] = value;
    }
    return values;
  }

  private async contextOf(task: UserTaskEntity, variables: Record<string, TypedValue>): Promise<EvaluationContext> {
    const [instance] = await this.database.query<{ business_key: string | null }>(
      'SELECT business_key FROM process_instance WHERE id = $1',
      [task.processInstanceId],
    );
    return {
      variables: readOnly(variables),
      now: new Date(),
      userId: null,
      runScript: refuseChange,
      execution: {
        id: task.activityInstanceId,
        processInstanceId: task.processInstanceId,
        rootProcessInstanceId: task.rootProcessInstanceId,
        processDefinitionId: task.processDefinitionId,
        processDefinitionKey: task.processDefinitionKey,
        businessKey: instance?.business_key ?? null,
        activityInstanceId: task.activityInstanceId,
        currentActivityId: task.elementId,
        currentActivityName: task.name,
        currentTransitionId: null,
        eventName: null,
        tenantId: task.tenantId,
        superExecutionId: null,
        setBusinessKey: refuseChange,
      },
    };
  }
}

function defaultOf(field: FormField, context: EvaluationContext): TypedValue | null {
  if (!field.defaultValue) return null;
  const value = field.defaultValue.evaluate(context);
  if (value === null || value === undefined) return null;
  const given = { [field.id]: fromNative(value) };
  return readForm([{ ...field, constraints: [] }], given, {})[field.id] ?? null;
}

function readOnly(variables: Record<string, TypedValue>): WritableVariables {
  return {
    get: (name) => variables[name],
    names: () => Object.keys(variables),
    getLocal: (name) => variables[name],
    localNames: () => Object.keys(variables),
    set: refuseChange,
    setLocal: refuseChange,
    remove: refuseChange,
    removeLocal: refuseChange,
  };
}

function refuseChange(): never {
  throw new InvalidCommandError(
    'Expected the default value of a form field to be a value or an expression that changes nothing, but it is more',
  );
}
