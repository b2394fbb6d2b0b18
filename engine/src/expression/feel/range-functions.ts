import { FeelRange } from 'feelin';
import { fromFeelValue } from './feel-values.js';

/** One end of a range; null where it's open to that side. */
interface End {
  readonly at: number | string | null;
  readonly included: boolean;
}

interface Interval {
  readonly start: End;
  readonly end: End;
  readonly isPoint: boolean;
}

type Relation = (a: Interval, b: Interval) => boolean | null;

/** How points and ranges lie to each other. Source: DMN 1.3 §10.3.2.3.3, table 78. */
const relations: Readonly<Record<string, Relation>> = {
  coincides: (a, b) => a.isPoint === b.isPoint && sameEnd(a.start, b.start) && sameEnd(a.end, b.end),
  during: (a, b) => includes(b, a),
  'finished by': (a, b) => finishes(b, a),
  finishes,
  includes,
  'overlaps after': (a, b) => overlapsBefore(b, a),
  'overlaps before': overlapsBefore,
  'started by': (a, b) => starts(b, a),
  starts,
};

/** As functions of FEEL: null for what can't be compared. */
export const rangeFunctions: readonly (readonly [string, (a: unknown, b: unknown) => boolean | null])[] =
  Object.entries(relations).map(([name, relation]) => [
    name,
    (a, b) => {
      const [left, right] = [interval(a), interval(b)];
      return left && right && isComparable(left, right) ? relation(left, right) : null;
    },
  ]);

function includes(a: Interval, b: Interval): boolean {
  return (startsBefore(a, b) || covers(a.start, b.start)) && (endsBefore(b, a) || covers(a.end, b.end));
}

function finishes(a: Interval, b: Interval): boolean {
  return sameEnd(a.end, b.end) && (startsBefore(b, a) || covers(b.start, a.start));
}

function starts(a: Interval, b: Interval): boolean {
  return sameEnd(a.start, b.start) && (endsBefore(a, b) || covers(b.end, a.end));
}

function overlapsBefore(a: Interval, b: Interval): boolean {
  const touches = compare(a.end.at, b.start.at);
  const overlaps = touches > 0 || (touches === 0 && a.end.included && b.start.included);
  const before = startsBefore(a, b) || (a.start.at === b.start.at && a.start.included && !b.start.included);
  return before && overlaps && (endsBefore(a, b) || covers(b.end, a.end));
}

function startsBefore(a: Interval, b: Interval): boolean {
  return (
    a.start.at !== b.start.at && (a.start.at === null || (b.start.at !== null && compare(a.start.at, b.start.at) < 0))
  );
}

function endsBefore(a: Interval, b: Interval): boolean {
  return a.end.at !== b.end.at && (b.end.at === null || (a.end.at !== null && compare(a.end.at, b.end.at) < 0));
}

/** Both end at the same place, and the outer one has all of the inner. */
function covers(outer: End, inner: End): boolean {
  return outer.at === inner.at && (outer.included || !inner.included);
}

function sameEnd(a: End, b: End): boolean {
  return a.at === b.at && a.included === b.included;
}

function compare(a: End['at'], b: End['at']): number {
  if (a === b) return 0;
  if (a === null || b === null) return 1; // an open end lies beyond
  return a < b ? -1 : 1;
}

function interval(value: unknown): Interval | null {
  if (value instanceof FeelRange) {
    const { start, end, 'start included': startIncluded, 'end included': endIncluded } = value;
    return {
      start: { at: position(start), included: startIncluded === true },
      end: { at: position(end), included: endIncluded === true },
      isPoint: false,
    };
  }
  const at = position(value);
  return at === null ? null : { start: { at, included: true }, end: { at, included: true }, isPoint: true };
}

/** What the value is ordered by. */
function position(value: unknown): number | string | null {
  const plain = fromFeelValue(value);
  if (plain instanceof Date) return plain.getTime();
  return typeof plain === 'number' || typeof plain === 'string' ? plain : null;
}

function isComparable(a: Interval, b: Interval): boolean {
  const kinds = [a.start.at, a.end.at, b.start.at, b.end.at].filter((at) => at !== null).map((at) => typeof at);
  return new Set(kinds).size <= 1;
}
