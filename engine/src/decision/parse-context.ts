import { ExpressionSyntaxError, type Problem } from '../errors.js';
import { elementLines } from '../model/element-lines.js';
import { type Cell, type CellLanguage, compileCell } from './cell.js';
import { type DmnElement, text } from './read-dmn.js';
import { compileUnaryTests, type UnaryTest } from './unary-tests.js';

/** Gathers what is wrong with a DMN resource, so that all of it can be told at once. */
export class DmnParseContext {
  readonly problems: Problem[] = [];
  private readonly places: ReturnType<typeof elementLines>;

  constructor(
    xml: string,
    private readonly defaultLanguage: string | null,
  ) {
    this.places = elementLines(xml);
  }

  /** Notes a problem. Where the element has no id, `near` says next to which one it is. */
  refuse(element: DmnElement, message: string, near?: DmnElement): void {
    const elementId = element.id ?? near?.id;
    const place = elementId === undefined ? undefined : this.places.get(elementId);
    this.problems.push({ message, elementId, line: place?.line, column: place?.column });
  }

  /** An expression's cell; null when the text is empty or, having been refused, can't be compiled. */
  cell(element: DmnElement | null, near: DmnElement): Cell | null {
    const source = element && text(element, 'text');
    if (!element || source === null) return null;
    const language = this.language(element, near);
    return language && this.attempt(element, near, () => compileCell(source, language));
  }

  /** The tests of an input cell; null when every value fits. */
  tests(element: DmnElement, near: DmnElement): UnaryTest | null {
    const source = text(element, 'text');
    if (source === null) return null;
    const language = this.language(element, near);
    if (!language) return null;
    if (language === 'feel') return this.attempt(element, near, () => compileUnaryTests(source));
    if (source === '-') return null;
    const cell = this.attempt(element, near, () => compileCell(source, language));
    return cell && ((value, scope, input) => cell.value(scope, { ...input, cellInput: value }) === true);
  }

  private language(element: DmnElement, near: DmnElement): CellLanguage | null {
    const name = text(element, 'expressionLanguage') ?? this.defaultLanguage;
    if (name === null || /^feel$/i.test(name) || /\/FEEL(\/|$)/i.test(name)) return 'feel';
    if (/^juel$/i.test(name)) return 'juel';
    this.refuse(
      element,
      `Expected an expression language that can be evaluated (feel or juel), but it is '${name}'`,
      near,
    );
    return null;
  }

  private attempt<T>(element: DmnElement, near: DmnElement, compile: () => T): T | null {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof ExpressionSyntaxError)) throw error;
      this.refuse(element, error.message, near);
      return null;
    }
  }
}
