import { EngineError, parseDuration } from '@millrace/engine';
import { invalidRequest } from '../http/rest-error.js';
import { type CanarySettings, type DeploymentPolicy, POLICIES } from './deployment-policy.js';

type Fields = Readonly<Record<string, string | undefined>>;

const OF_CANARIES = ['canary-percent', 'canary-max-incidents', 'canary-max-incident-percent', 'canary-promote-after'];

/** The policy that an uploaded form names. @throws RestError (400) naming the field */
export function readPolicy(fields: Fields): DeploymentPolicy {
  const given = text(fields, 'deployment-policy') ?? 'manual';
  const kind = POLICIES.find((each) => each === given);
  if (!kind) throw invalidRequest(`'deployment-policy' must be one of ${POLICIES.join(', ')}, but is '${given}'`);
  if (kind === 'canary') return { kind, ...readCanary(fields) };
  const stray = OF_CANARIES.find((name) => text(fields, name) !== undefined);
  if (stray) throw invalidRequest(`'${stray}' can only be given with the deployment policy 'canary', not '${kind}'`);
  return { kind };
}

function readCanary(fields: Fields): CanarySettings {
  const percent = wholeNumber(fields, 'canary-percent', 1, 99);
  if (percent === null)
    throw invalidRequest("The deployment policy 'canary' needs 'canary-percent', a whole number from 1 to 99");
  return {
    percent,
    maxIncidents: wholeNumber(fields, 'canary-max-incidents', 0) ?? 0,
    maxIncidentPercent: wholeNumber(fields, 'canary-max-incident-percent', 0, 100),
    promoteAfter: promoteAfter(text(fields, 'canary-promote-after')),
  };
}

function promoteAfter(given: string | undefined): CanarySettings['promoteAfter'] {
  if (given === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(given)) return { instances: Number(given) };
  try {
    parseDuration(given);
    return { duration: given };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalidRequest(
      `'canary-promote-after' must be a number of instances (50) or a duration (PT4H), but is '${given}'`,
    );
  }
}

function wholeNumber(fields: Fields, name: string, min: number, max = 999_999_999): number | null {
  const given = text(fields, name);
  if (given === undefined) return null;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  const upTo = max < 999_999_999 ? `from ${min} to ${max}` : `of at least ${min}`;
  throw invalidRequest(`'${name}' must be a whole number ${upTo}, but is '${given}'`);
}

function text(fields: Fields, name: string): string | undefined {
  return fields[name]?.trim() || undefined;
}
