import { addDuration } from '../../time/duration.js';
import { formatDate } from './format-date.js';

/** What `dateTime()` gives: a date that calculates. It is immutable, and in UTC. */
export class JodaDateTime {
  /** @param now what the date is compared with by `isAfterNow()` and its kin */
  constructor(
    readonly date: Date,
    readonly now: Date = date,
  ) {}

  plus(amount: number, unit: 'months' | 'days' | 'milliseconds'): JodaDateTime {
    return new JodaDateTime(addDuration(this.date, { months: 0, days: 0, milliseconds: 0, [unit]: amount }), this.now);
  }

  /** A copy on which a part was set by one of Date's UTC setters. */
  with(set: (date: Date) => void): JodaDateTime {
    const copy = new Date(this.date);
    set(copy);
    return new JodaDateTime(copy, this.now);
  }

  toString(pattern?: string): string {
    return pattern === undefined ? this.date.toISOString() : formatDate(this.date, pattern);
  }
}
