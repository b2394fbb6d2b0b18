import {
  type EvaluationContext,
  type FormField,
  type FormReference,
  fromNative,
  InvalidCommandError,
  type TypedValue,
  type Variables,
} from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { noSuchResource } from '../http/rest-error.js';
import { toVariableValue, type VariableValueAnswer } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import type { ProcessDefinitionEntity } from '../persistence/entities/process-definition.js';
import { type DeployedForm, findDeployedForm } from '../task/deployed-form.js';
import { readForm, toText, variableTypeOf } from '../task/form-values.js';
import { renderForm } from '../task/generated-form.js';
import type { FormDto } from './process-definition.dto.js';

/** The form by which people start an instance of a definition. */
@Injectable()
export class StartFormService {
  constructor(
    private readonly database: Database,
    private readonly definitions: DefinitionCache,
  ) {}

  async form(definition: ProcessDefinitionEntity): Promise<FormDto> {
    const form = await this.reference(definition);
    const key =
      form?.kind === 'fields'
        ? `embedded:engine://engine/:engine/process-definition/${definition.id}/rendered-form`
        : form?.kind === 'key'
          ? textOf(form.key)
          : null;
    return { key, camundaFormRef: form?.kind === 'ref' ? refOf(form) : null, contextPath: null };
  }

  /** The fields of a form made of fields, with their defaults. @param names null for all */
  async variables(
    definition: ProcessDefinitionEntity,
    names: readonly string[] | null,
    deserialize: boolean,
  ): Promise<Record<string, VariableValueAnswer>> {
    const fields = (await this.fields(definition)) ?? [];
    const answers = fields
      .filter(({ id }) => names === null || names.includes(id))
      .map((field) => {
        const value = defaultOf(field, definition) ?? { type: variableTypeOf(field), value: null };
        const shown = field.type === 'date' ? ({ type: 'String', value: toText(field, value) ?? '' } as const) : value;
        return [field.id, toVariableValue(shown, { deserialize })] as const;
      });
    return Object.fromEntries(answers);
  }

  /** @throws RestError (404) for a form that isn't made of fields */
  async rendered(definition: ProcessDefinitionEntity): Promise<string> {
    const fields = await this.fields(definition);
    if (!fields) throw noSuchResource(`Process definition ${definition.id} has no start form that could be rendered`);
    return renderForm(
      fields.map((field) => ({
        field,
        variableType: field.type === 'date' ? 'String' : variableTypeOf(field),
        value: toText(field, defaultOf(field, definition)),
      })),
    );
  }

  /** @throws RestError (400, 404) */
  async deployed(definition: ProcessDefinitionEntity): Promise<DeployedForm> {
    const form = await this.reference(definition);
    const ref = form?.kind === 'ref' ? refOf(form) : null;
    return findDeployedForm(this.database, {
      processDefinitionId: definition.id,
      formKey: form?.kind === 'key' ? textOf(form.key) : null,
      formRef: ref?.key ?? null,
      formRefBinding: ref?.binding ?? null,
      formRefVersion: ref?.version ?? null,
    });
  }

  /** What a submitted form sets. @throws RestError (400) that names the field */
  async read(definition: ProcessDefinitionEntity, given: Variables): Promise<Variables> {
    const fields = await this.fields(definition);
    if (!fields) return given;
    const defaults: Record<string, TypedValue> = {};
    for (const field of fields) {
      const value = defaultOf(field, definition);
      if (value) defaults[field.id] = value;
    }
    return readForm(fields, given, defaults);
  }

  private async fields(definition: ProcessDefinitionEntity): Promise<readonly FormField[] | null> {
    const form = await this.reference(definition);
    return form?.kind === 'fields' ? form.fields : null;
  }

  private async reference({ id }: ProcessDefinitionEntity): Promise<FormReference | null> {
    return (await this.definitions.model(id)).startForm;
  }
}

function refOf(form: Extract<FormReference, { kind: 'ref' }>) {
  const version = form.version === null ? null : Number(textOf(form.version));
  return { key: textOf(form.ref), binding: form.binding, version: Number.isInteger(version) ? version : null };
}

/** Before there is an instance an expression has nothing to look at, so that it is shown as it stands. */
function textOf({ literal, source }: { readonly source: string; readonly literal?: string }): string {
  return literal ?? source;
}

function defaultOf(field: FormField, definition: ProcessDefinitionEntity): TypedValue | null {
  const value = field.defaultValue?.evaluate(startContext(definition));
  if (value === null || value === undefined) return null;
  const given = { [field.id]: fromNative(value) };
  return readForm([{ ...field, constraints: [] }], given, {})[field.id] ?? null;
}

/** What a default value can see before there is an instance: the time and the definition, no variables. */
function startContext({ id, key, tenantId }: ProcessDefinitionEntity): EvaluationContext {
  return {
    variables: {
      get: () => undefined,
      names: () => [],
      getLocal: () => undefined,
      localNames: () => [],
      set: refuseChange,
      setLocal: refuseChange,
      remove: refuseChange,
      removeLocal: refuseChange,
    },
    now: new Date(),
    userId: null,
    runScript: refuseChange,
    execution: {
      id: '',
      processInstanceId: '',
      rootProcessInstanceId: '',
      processDefinitionId: id,
      processDefinitionKey: key,
      businessKey: null,
      activityInstanceId: '',
      currentActivityId: null,
      currentActivityName: null,
      currentTransitionId: null,
      eventName: null,
      tenantId,
      superExecutionId: null,
      setBusinessKey: refuseChange,
    },
  };
}

function refuseChange(): never {
  throw new InvalidCommandError('Expected the default value of a form field to change nothing, but it does');
}
