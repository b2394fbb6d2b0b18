import {
  type Binding,
  type CallReference,
  type Expression,
  formReferences,
  InvalidCommandError,
  type ModelBinding,
  type ProcessModel,
} from '@millrace/engine';
import type { Queryable } from '../persistence/database.js';
import { type CalledKind, latestDefinitionId } from './definition-lookup.js';
import { formId, formVersions } from './form-versions.js';
import type { DeployedResource } from './parse-resources.js';

export interface PinnedCall {
  readonly elementId: string;
  readonly kind: CalledKind;
  readonly targetDefinitionId: string;
}

/** A call of something that isn't deployed; it's resolved when it happens. */
export interface OpenCall {
  readonly elementId: string;
  readonly kind: CallReference['kind'];
  readonly key: string;
  /** Why there is no target. */
  readonly reason: string;
  /** No later deployment can bring it: it would have to be in this very one. */
  readonly never: boolean;
}

export interface Bindings {
  readonly pinned: readonly PinnedCall[];
  readonly open: readonly OpenCall[];
  /** Elements whose target, version or tag is an expression. */
  readonly computed: readonly Pick<CallReference, 'elementId' | 'kind'>[];
}

interface Deployed {
  readonly id: string;
  readonly version: number;
  readonly versionTag: string | null;
}

/** What the deployment itself brings, by key. */
export interface DeployedHere {
  readonly process: ReadonlyMap<string, Deployed>;
  readonly decision: ReadonlyMap<string, Deployed>;
  readonly forms: ReadonlySet<string>;
}

export function formsIn(resources: readonly DeployedResource[]): ReadonlySet<string> {
  const forms = resources.filter(({ name }) => name.endsWith('.form'));
  return new Set(forms.flatMap(({ bytes }) => formId(bytes) ?? []));
}

/**
 * Pins the calls that name a key but no binding: to the version in the same deployment, else to the newest active one
 * now, so that what is deployed later can't change what this definition does. Calls with a binding are looked up only to
 * tell those that lead nowhere.
 */
export async function bindCalls(
  on: Queryable,
  model: ProcessModel,
  here: DeployedHere,
  tenantId: string | null,
): Promise<Bindings> {
  const pinned: PinnedCall[] = [];
  const open: OpenCall[] = [];
  const computed: Pick<CallReference, 'elementId' | 'kind'>[] = [];
  for (const { elementId, kind, key, binding } of [...model.callReferences, ...formReferences(model)]) {
    const known = literalBinding(binding);
    if (key === null || known === null) {
      computed.push({ elementId, kind });
      continue;
    }
    const target =
      kind === 'form' ? await form(on, key, known, here) : await definition(on, kind, key, known, here, tenantId);
    if (target === null) open.push({ elementId, kind, key, ...whyOpen(kind, key, known) });
    else if (known.kind === 'default' && kind !== 'form') pinned.push({ elementId, kind, targetDefinitionId: target });
  }
  return { pinned, open, computed };
}

/** What a call that leads nowhere means for whoever deploys it. */
export function describeOpen({ elementId, kind, key, reason, never }: OpenCall): string {
  const then = never
    ? 'the call will fail'
    : `its ${kind === 'form' ? 'form' : 'version'} will be looked for when the time comes`;
  return `'${elementId}' ${kind === 'form' ? 'shows' : 'calls'} ${kind} '${key}', but ${reason}; ${then}`;
}

/** @throws InvalidCommandError naming every element and what it calls */
export function refuseOpen(open: readonly (OpenCall & { readonly resourceName: string })[]): void {
  if (open.length === 0) return;
  const calls = open.map(
    ({ elementId, kind, key, reason, resourceName }) =>
      `'${elementId}' in '${resourceName}' refers to ${kind} '${key}', but ${reason}`,
  );
  throw new InvalidCommandError(`Expected everything that is called to be deployed, but ${calls.join('; ')}`, {
    elementIds: open.map(({ elementId }) => elementId),
  });
}

async function definition(
  on: Queryable,
  kind: CalledKind,
  key: string,
  binding: Binding,
  here: DeployedHere,
  tenantId: string | null,
): Promise<string | null> {
  const own = here[kind].get(key);
  const table = kind === 'process' ? 'process_definition' : 'decision_definition';
  const one = async (column: 'version' | 'version_tag', value: number | string) => {
    const [row] = await on.query<{ id: string }>(
      `SELECT id FROM ${table} WHERE key = $1 AND tenant_id IS NOT DISTINCT FROM $2 AND ${column} = $3 LIMIT 1`,
      [key, tenantId, value],
    );
    return row?.id ?? null;
  };
  switch (binding.kind) {
    case 'deployment':
      return own?.id ?? null;
    case 'version':
      return own?.version === binding.version ? own.id : one('version', binding.version);
    case 'versionTag':
      return own?.versionTag === binding.versionTag ? own.id : one('version_tag', binding.versionTag);
    default:
      return own?.id ?? latestDefinitionId(on, kind, key, tenantId);
  }
}

async function form(on: Queryable, key: string, binding: Binding, { forms }: DeployedHere): Promise<string | null> {
  if (binding.kind === 'deployment') return forms.has(key) ? key : null;
  const versions = await formVersions(on, key);
  if (binding.kind !== 'version') return forms.has(key) ? key : (versions.at(-1)?.id ?? null);
  const isNext = forms.has(key) && binding.version === versions.length + 1;
  return isNext ? key : (versions[binding.version - 1]?.id ?? null);
}

function whyOpen(kind: CallReference['kind'], key: string, binding: Binding): Pick<OpenCall, 'reason' | 'never'> {
  if (binding.kind === 'deployment') return { reason: `there is none in the same deployment`, never: true };
  if (binding.kind === 'version') return { reason: `version ${binding.version} isn't deployed yet`, never: false };
  if (binding.kind === 'versionTag')
    return { reason: `no version with the tag '${binding.versionTag}' is deployed yet`, never: false };
  return { reason: `no ${kind} '${key}' is deployed yet`, never: false };
}

/** The binding when it is fixed; null when an expression computes it. */
function literalBinding(binding: ModelBinding | null): Binding | null {
  if (binding === null) return { kind: 'default' };
  if (binding.kind === 'versionTag') {
    const versionTag = textOf(binding.versionTag);
    return versionTag === null ? null : { kind: 'versionTag', versionTag };
  }
  if (binding.kind !== 'version') return binding;
  const version = typeof binding.version === 'number' ? binding.version : Number(textOf(binding.version) ?? Number.NaN);
  return Number.isInteger(version) ? { kind: 'version', version } : null;
}

function textOf({ literal }: Expression): string | null {
  return literal ?? null;
}
