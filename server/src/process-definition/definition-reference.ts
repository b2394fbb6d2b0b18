import { fromRequest } from '../http/parameters.js';

/** How an address names a definition: by its id, or by its key (the latest version is meant), with a tenant or none. */
export type DefinitionReference = { readonly id: string } | { readonly key: string; readonly tenantId: string | null };

/** A handler's parameter, from `:id`, `:key` or `:key` and `:tenantId`. */
export function Definition(): ParameterDecorator {
  return fromRequest((request): DefinitionReference => {
    const { id, key, tenantId } = request.params as Record<string, string | undefined>;
    return key === undefined ? { id: id ?? '' } : { key, tenantId: tenantId ?? null };
  });
}

/** The two further addresses of an operation on `:id<suffix>`. */
export function byKey(suffix: string, operationId: string, withTenant: string): Record<string, string> {
  return { [`key/:key${suffix}`]: operationId, [`key/:key/tenant-id/:tenantId${suffix}`]: withTenant };
}
