/**
 * A Double whose value is a whole number. JavaScript can't tell 3.0 from 3, but the result's type and text depend on it.
 * Every other Double is a plain number, and so is a Long within 2^53; a bigger Long is a bigint.
 */
export class WholeDouble {
  constructor(readonly value: number) {}
}
