import { Fault } from './fault.js';
import { toText, typeName } from './java-text.js';
import { type Methods, methods } from './method.js';
import { toIndex } from './numbers.js';

/** No expression may make a text longer than this. */
const MAX_LENGTH = 4_000_000;

/** The methods of texts, as Java's `String` has them. */
export const stringMethods: Methods<string> = methods<string>(
  {
    charAt: [1, 1, (self, [at]) => self.charAt(index(self, at, self.length - 1))],
    codePointAt: [1, 1, (self, [at]) => self.codePointAt(index(self, at, self.length - 1))],
    compareTo: [1, 1, (self, [other]) => order(self, string(other))],
    compareToIgnoreCase: [1, 1, (self, [other]) => order(self.toLowerCase(), string(other).toLowerCase())],
    concat: [1, 1, (self, [other]) => bounded(self + string(other))],
    contains: [1, 1, (self, [part]) => self.includes(string(part))],
    endsWith: [1, 1, (self, [part]) => self.endsWith(string(part))],
    equals: [1, 1, (self, [other]) => self === other],
    equalsIgnoreCase: [
      1,
      1,
      (self, [other]) => typeof other === 'string' && self.toLowerCase() === other.toLowerCase(),
    ],
    hashCode: [0, 0, hashCode],
    intern: [0, 0, (self) => self],
    indexOf: [1, 2, (self, [part, from]) => self.indexOf(string(part), from === undefined ? 0 : toIndex(from))],
    isBlank: [0, 0, (self) => self.trim() === ''],
    isEmpty: [0, 0, (self) => self === ''],
    join: [1, 99, (_self, [separator, ...rest]) => join(string(separator), rest)],
    lastIndexOf: [
      1,
      2,
      (self, [part, from]) => self.lastIndexOf(string(part), from === undefined ? Infinity : toIndex(from)),
    ],
    length: [0, 0, (self) => self.length],
    matches: [1, 1, (self, [pattern]) => regularExpression(`^(?:${string(pattern)})$`, '').test(self)],
    repeat: [1, 1, (self, [count]) => repeat(self, toIndex(count))],
    replace: [2, 2, (self, [part, by]) => bounded(self.replaceAll(string(part), () => string(by)))],
    replaceAll: [
      2,
      2,
      (self, [pattern, by]) => bounded(self.replace(regularExpression(string(pattern), 'g'), replacement(by))),
    ],
    replaceFirst: [
      2,
      2,
      (self, [pattern, by]) => bounded(self.replace(regularExpression(string(pattern), ''), replacement(by))),
    ],
    split: [1, 2, (self, [pattern, limit]) => split(self, string(pattern), limit === undefined ? 0 : toIndex(limit))],
    startsWith: [1, 2, (self, [part, from]) => self.startsWith(string(part), from === undefined ? 0 : toIndex(from))],
    strip: [0, 0, (self) => self.trim()],
    substring: [1, 2, substring],
    toLowerCase: [0, 0, (self) => self.toLowerCase()],
    toUpperCase: [0, 0, (self) => self.toUpperCase()],
    trim: [0, 0, (self) => self.trim()],
  },
  { text: (self) => self },
);

function substring(self: string, [from, to]: readonly unknown[]): string {
  const start = index(self, from, self.length);
  const end = to === undefined ? self.length : index(self, to, self.length);
  if (end < start) throw new Fault(`The end ${end} of the substring is before its beginning ${start}`);
  return self.slice(start, end);
}

/** Java leaves out the empty parts at the end, unless a negative limit is given. */
function split(self: string, pattern: string, limit: number): string[] {
  const expression = regularExpression(pattern, 'g');
  const parts: string[] = [];
  let last = 0;
  for (const match of self.matchAll(expression)) {
    if (limit > 0 && parts.length === limit - 1) break;
    const end = match.index + match[0].length;
    // An empty match at the very beginning or end separates nothing.
    if (end === 0 || (match[0] === '' && match.index >= self.length)) continue;
    parts.push(self.slice(last, match.index));
    last = end;
  }
  parts.push(self.slice(last));
  if (limit === 0) while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function regularExpression(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    try {
      return new RegExp(pattern, flags);
    } catch {
      throw new Fault(`'${pattern}' is not a regular expression`);
    }
  }
}

/** Java writes groups as `$1` and takes `\$` for the character; `$$` and `$&` mean nothing there. */
function replacement(by: unknown): (match: string, ...groups: unknown[]) => string {
  const text = string(by);
  return (match, ...groups) =>
    text.replace(/\\(.)|\$(\d)/g, (_, escaped: string | undefined, group: string | undefined) => {
      if (escaped !== undefined) return escaped;
      if (group === '0') return match;
      const value = groups[Number(group) - 1];
      return typeof value === 'string' ? value : '';
    });
}

function join(separator: string, rest: readonly unknown[]): string {
  const parts = rest.length === 1 && Array.isArray(rest[0]) ? (rest[0] as unknown[]) : rest;
  return bounded(parts.map((part) => (part === null ? 'null' : toText(part))).join(separator));
}

function repeat(self: string, count: number): string {
  if (count < 0) throw new Fault(`A text can't be repeated ${count} times`);
  if (self.length * count > MAX_LENGTH) throw new Fault(`The text is longer than ${MAX_LENGTH} characters`);
  return self.repeat(count);
}

function bounded(text: string): string {
  if (text.length > MAX_LENGTH) throw new Fault(`The text is longer than ${MAX_LENGTH} characters`);
  return text;
}

function index(self: string, value: unknown, max: number): number {
  const at = toIndex(value);
  if (at < 0 || at > max) throw new Fault(`Position ${at} is outside of the text, which has ${self.length} characters`);
  return at;
}

/** As in Java: how far the first characters that differ are apart, else the lengths. */
function order(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a.charCodeAt(i) - b.charCodeAt(i);
  return a.length - b.length;
}

function hashCode(self: string): number {
  let hash = 0;
  for (let i = 0; i < self.length; i++) hash = (Math.imul(hash, 31) + self.charCodeAt(i)) | 0;
  return hash;
}

function string(value: unknown): string {
  if (value === null || value === undefined) throw new Fault('A text is needed, but the argument is null');
  if (typeof value === 'object' && !(value instanceof Date)) {
    const text = toText(value);
    if (text === typeName(value)) throw new Fault(`A text is needed, but the argument is ${text}`);
    return text;
  }
  return toText(value);
}
