import { Fault } from './fault.js';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * Writes a date (in UTC) by a pattern such as `yyyy-MM-dd'T'HH:mm`. Known letters: y M d E H h m s S a Z.
 * @throws Fault naming a letter that isn't known
 */
export function formatDate(date: Date, pattern: string): string {
  return pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (run, quoted: string | undefined, letter: string) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    return part(date, letter, run.length);
  });
}

function part(date: Date, letter: string, length: number): string {
  const padded = (value: number) => String(value).padStart(length, '0');
  switch (letter) {
    case 'y':
    case 'Y':
      return length === 2 ? String(date.getUTCFullYear() % 100).padStart(2, '0') : padded(date.getUTCFullYear());
    case 'M':
      if (length < 3) return padded(date.getUTCMonth() + 1);
      return length === 3 ? MONTHS[date.getUTCMonth()]!.slice(0, 3) : MONTHS[date.getUTCMonth()]!;
    case 'd':
      return padded(date.getUTCDate());
    case 'E':
      return length > 3 ? WEEKDAYS[date.getUTCDay()]! : WEEKDAYS[date.getUTCDay()]!.slice(0, 3);
    case 'H':
      return padded(date.getUTCHours());
    case 'h':
      return padded(date.getUTCHours() % 12 || 12);
    case 'm':
      return padded(date.getUTCMinutes());
    case 's':
      return padded(date.getUTCSeconds());
    case 'S':
      return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(length, '0').slice(0, length);
    case 'a':
      return date.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'Z':
      return length === 1 ? '+0000' : '+00:00';
    default:
      throw new Fault(`The date pattern has the letter '${letter}', which is not known`);
  }
}
