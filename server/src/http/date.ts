const DATE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;

/** Whether `parseDate` takes it. */
export function isDateText(text: string): boolean {
  return parseDate(text) !== null;
}

/** The moment that an ISO 8601 text with an offset names (`+0000`, `+00:00` or `Z`); null when it names none. */
export function parseDate(text: string): Date | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [, local, fraction = '', offset = 'Z'] = match;
  const zone = offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const date = new Date(`${local}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** As Camunda writes dates: `2026-11-23T03:00:00.000+0000`. */
export function formatDate(date: Date): string;
export function formatDate(date: Date | null): string | null;
export function formatDate(date: Date | null): string | null {
  return date && `${date.toISOString().slice(0, -1)}+0000`;
}
