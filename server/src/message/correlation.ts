import type { Variables } from '@millrace/engine';
import { invalidRequest, RestError } from '../http/rest-error.js';
import { toVariables } from '../http/variable-value.js';
import type { CorrelationMessageDto } from './message.dto.js';

/** A message and whom it is for. */
export interface Correlation {
  readonly messageName: string;
  readonly businessKey: string | null;
  readonly processInstanceId: string | null;
  /** A tenant's id, null for none, undefined when any may be meant. */
  readonly tenantId: string | null | undefined;
  /** Values that variables of the process instance must have. */
  readonly keys: Variables;
  /** Values that variables of the waiting execution's own scope must have. */
  readonly localKeys: Variables;
  readonly variables: Variables | undefined;
  readonly localVariables: Variables | undefined;
}

/** @throws RestError (400) */
export function toCorrelation(body: CorrelationMessageDto): Correlation {
  const { messageName, processInstanceId, tenantId, withoutTenantId } = body;
  if (!messageName) throw invalidRequest("A message needs its name ('messageName')");
  if (tenantId && withoutTenantId) throw invalidRequest("Only one of 'tenantId' and 'withoutTenantId' can be given");
  if (body.variablesInResultEnabled && !body.resultEnabled)
    throw invalidRequest("'variablesInResultEnabled' needs 'resultEnabled' to be true");
  if (processInstanceId && (tenantId || withoutTenantId))
    throw new RestError(400, 'BadUserRequestException', 'A message for one process instance cannot name a tenant', 0);
  if (Object.keys(body.processVariablesToTriggeredScope ?? {}).length > 0)
    throw invalidRequest(
      "'processVariablesToTriggeredScope' is not supported, only processVariables and processVariablesLocal",
    );
  return {
    messageName,
    businessKey: body.businessKey ?? null,
    processInstanceId: processInstanceId ?? null,
    tenantId: withoutTenantId ? null : (tenantId ?? undefined),
    keys: toVariables(body.correlationKeys) ?? {},
    localKeys: toVariables(body.localCorrelationKeys) ?? {},
    variables: toVariables(body.processVariables),
    localVariables: toVariables(body.processVariablesLocal),
  };
}

/** How a message is named in errors: by all that was asked for. */
export function describe({ messageName, businessKey, processInstanceId, keys, localKeys }: Correlation): string {
  const names = [...Object.keys(keys), ...Object.keys(localKeys)];
  return [
    `message '${messageName}'`,
    ...(businessKey === null ? [] : [`business key '${businessKey}'`]),
    ...(processInstanceId === null ? [] : [`process instance '${processInstanceId}'`]),
    ...(names.length === 0 ? [] : [`correlation keys ${names.map((name) => `'${name}'`).join(', ')}`]),
  ].join(', ');
}
