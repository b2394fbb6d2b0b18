import semver from 'semver';
import { invalidRequest } from '../http/rest-error.js';

/** Version ranges by topic, as a deployment pins them. */
export type VersionPins = Readonly<Record<string, string>>;

/**
 * Whether a worker of this version is meant. `2` and `2.1` count as 2.0.0 and 2.1.0, and a pre-release lies in a range
 * like any other version. A version that is no such number, or none at all, lies in no range.
 */
export function satisfies(version: string | null, range: string): boolean {
  if (version === null) return false;
  const padded = /^v?\d+(\.\d+)?$/.test(version) ? (semver.coerce(version)?.version ?? version) : version;
  return semver.satisfies(padded, range, { includePrerelease: true });
}

/** @throws RestError (400) that names the topic whose range can't be read */
export function checkPins(pins: VersionPins): VersionPins {
  for (const [topic, range] of Object.entries(pins)) {
    if (topic === '') throw invalidRequest('A topic in the worker versions has no name');
    if (range.trim() === '' || semver.validRange(range) === null)
      throw invalidRequest(`The worker versions of topic '${topic}' are not a version range: '${range}'`);
  }
  return pins;
}

/** Of the form field `worker-versions`: `{"credit-check": ">=2 <3"}`. @throws RestError (400) */
export function readPins(text: string): VersionPins {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest(`The field 'worker-versions' is not JSON: ${text.slice(0, 80)}`);
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || Object.values(value as object).some((range) => typeof range !== 'string'))
    throw invalidRequest("The field 'worker-versions' must be an object of version ranges by topic");
  return checkPins(value as VersionPins);
}
