import { BpmnErrorSignal, EngineError, EvaluationError, type Problem } from '../errors.js';
import { compileCondition, compileExpression } from '../expression/compile-expression.js';
import { calledBean } from '../expression/references.js';
import { runScript } from '../expression/run-script.js';
import type { EvaluationContext, Expression } from '../ports.js';
import type { Place } from './element-lines.js';
import { type ModdleElement, text } from './moddle.js';
import type { Condition, ModelBinding, Script, ValueSource } from './process-model.js';
import { isComputed, resourceName, resourceText } from './script-resource.js';

/** What is shared while one resource is compiled: the problems found so far, and how texts become expressions. */
export class ParseContext {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];

  constructor(
    private readonly places: ReadonlyMap<string, Place>,
    /** Formats that scripts can have; others are refused. */
    readonly scriptFormats: ReadonlySet<string>,
    private readonly checkScript: (format: string, source: string) => void,
    private readonly readResource: (name: string) => string | undefined,
  ) {}

  private readonly unresolvedReferences = new Map<ModdleElement, Map<string, string>>();

  /** Notes a reference to something that isn't in the document. */
  unresolved(element: ModdleElement, property: string, value: string): void {
    const found = this.unresolvedReferences.get(element) ?? new Map<string, string>();
    this.unresolvedReferences.set(element, found.set(property, value));
  }

  /** What a reference names that isn't in the document; null where it is, or where there is no reference. */
  danglingReference(element: ModdleElement, property: string): string | null {
    return this.unresolvedReferences.get(element)?.get(property) ?? null;
  }

  /** Notes that an element can't be executed, and why. Parsing goes on, so that one deployment names every problem. */
  refuse(element: ModdleElement, reason: string, others: readonly (string | undefined)[] = []): void {
    const id = idOf(element);
    const place = id === undefined ? undefined : this.places.get(id);
    const elementIds = [id, ...others].filter((x): x is string => x !== undefined);
    this.problems.push({
      message: reason,
      elementId: id,
      elementIds,
      line: place?.line ?? 1,
      column: place?.column ?? 1,
    });
  }

  warn(element: ModdleElement, reason: string): void {
    const id = idOf(element);
    const place = id === undefined ? undefined : this.places.get(id);
    this.warnings.push({ message: reason, elementId: id, line: place?.line, column: place?.column });
  }

  /** A problem of the document that belongs to no element; moddle's message names line and column from 0. */
  refuseAt(message: string): void {
    this.problems.push({ message: reasonIn(message), ...placeIn(message) });
  }

  warnAt(message: string): void {
    this.warnings.push({ message: reasonIn(message), ...placeIn(message) });
  }

  lineOf(id: string): number {
    return this.places.get(id)?.line ?? 1;
  }

  /** Compiles a text of the model; a text that can't be compiled is refused, and stands as its literal from then on. */
  expression(element: ModdleElement, source: string, what: string): Expression {
    try {
      return compileExpression(source);
    } catch (error) {
      this.refuse(element, `Expected ${what} to be a valid expression, but ${reasonOf(error)}`);
      return literal(source);
    }
  }

  /** What the expression as a whole calls a method of, by name: a bean, unless a variable has that name. */
  calledBean(source: string): string | null {
    try {
      return calledBean(source);
    } catch {
      return null; // refused when it was compiled
    }
  }

  /** Like `expression`; text without a dynamic part must also be what `parse` reads. */
  parsed(
    element: ModdleElement,
    source: string,
    what: string,
    parse: (text: string) => unknown,
    otherwise: 'refuse' | 'warn' = 'refuse',
  ): Expression {
    const expression = this.expression(element, source, what);
    try {
      if (expression.literal !== undefined) parse(expression.literal);
    } catch (error) {
      this[otherwise](element, reasonOf(error));
    }
    return expression;
  }

  /** The compiled attribute, or null where it isn't set. */
  attribute(element: ModdleElement, name: string): Expression | null {
    const source = text(element, name);
    return source === null ? null : this.expression(element, source, `'${name}'`);
  }

  /** The attribute as a whole number or an expression for one, or null where it isn't set. */
  priority(element: ModdleElement, name: string, owner: ModdleElement = element): Expression | null {
    const priority = this.attribute(element, name);
    if (priority?.literal !== undefined && !/^[+-]?\d+$/.test(priority.literal))
      this.refuse(
        owner,
        `Expected 'camunda:${name.replace(/^camunda:/, '')}' to be a whole number, but it is '${priority.literal}'`,
      );
    return priority;
  }

  /** A `conditionExpression` or `condition`: JUEL, FEEL or a script. */
  condition(owner: ModdleElement, formal: ModdleElement): Condition | null {
    const language = text(formal, 'language');
    const resource = text(formal, 'camunda:resource');
    const source = resource === null ? text(formal, 'body') : this.resource(owner, resource);
    if (resource !== null && source === null) return null; // refused
    if (source === null) {
      this.refuse(owner, 'Expected a condition, but it is empty');
      return null;
    }
    if (typeof source !== 'string') return this.scriptCondition(owner, scriptFormatOf(language), source);
    try {
      if (language === null || isJuel(language)) return withText(compileCondition(source), 'juel', source);
      if (isFeel(language)) return withText(compileCondition(source, { language: 'feel' }), 'feel', source);
    } catch (error) {
      this.refuse(owner, `Expected a valid condition, but ${reasonOf(error)}`);
      return null;
    }
    return this.scriptCondition(owner, language, source);
  }

  private scriptCondition(owner: ModdleElement, language: string, source: string | Expression): Condition | null {
    const script = this.script(owner, language, source);
    if (!script) return null;
    const test: Condition = (context) => {
      const { value } = runScript(script, context);
      if (typeof value === 'boolean') return value;
      throw new EvaluationError(
        `Expected the condition of '${owner.id}' to be true or false, but it is ${String(value)}`,
      );
    };
    // where an expression gives the script, that is all that is known of it
    return typeof script.source === 'string'
      ? withText(test, script.format, script.source)
      : withText(test, 'juel', script.source.source);
  }

  /** A checked script; null and a problem when its language isn't run here or it can't be compiled. */
  script(owner: ModdleElement, format: string, source: string | Expression): Script | null {
    const name = format.trim().toLowerCase();
    if (!this.scriptFormats.has(name)) {
      const known = [...this.scriptFormats].join(', ');
      this.refuse(owner, `Expected a script in one of ${known}, but its format is '${format}'`);
      return null;
    }
    if (typeof source !== 'string') return { format: name, source };
    // as in Camunda a text that begins like an expression is one, and gives the script
    if (name !== 'juel' && /^\s*[$#]\{/.test(source))
      return { format: name, source: this.expression(owner, source, 'the source of the script') };
    try {
      this.checkScript(name, source);
      return { format: name, source };
    } catch (error) {
      this.refuse(owner, `Expected a valid script, but ${reasonOf(error)}`);
      return null;
    }
  }

  /**
   * The text of a resource of the deployment; null and a problem where there is none. There is no class path: what Camunda looks for
   * there (`classpath://…`, or no scheme) is looked for in the deployment too. Where an expression gives the name, it gives the text
   * at run time.
   */
  resource(owner: ModdleElement, resource: string): string | Expression | null {
    if (isComputed(resource)) return resourceText(this.expression(owner, resource, "'resource'"), this.readResource);
    const found = this.findResource(resource);
    if (found === undefined)
      this.refuse(owner, `Expected a resource '${resourceName(resource)}' in the deployment, but there is none`);
    return found ?? null;
  }

  /** The text of a resource with a fixed name, if the deployment holds it. */
  findResource(resource: string): string | undefined {
    return this.readResource(resourceName(resource));
  }

  /** The script that a `camunda:script` element holds. */
  scriptElement(owner: ModdleElement, element: ModdleElement): ValueSource {
    const format = text(element, 'scriptFormat') ?? '';
    const resource = text(element, 'resource');
    // in a language that isn't run here the file doesn't matter
    const isRead = resource !== null && this.scriptFormats.has(format.trim().toLowerCase());
    const source = isRead ? this.resource(owner, resource) : (text(element, 'value') ?? '');
    const script = source === null ? null : this.script(owner, format, source);
    return script ? { kind: 'script', ...script } : { kind: 'null' };
  }

  /** `latest`, `deployment`, `version` and `versionTag` as the attributes `<name>Binding`, `<name>Version` … say. */
  binding(element: ModdleElement, prefix: string): ModelBinding | null {
    // the object model has a default for it; what matters is whether the model says something
    const kind = Object.hasOwn(element, `${prefix}Binding`) ? text(element, `${prefix}Binding`) : null;
    switch (kind) {
      case null:
        return { kind: 'default' };
      case 'latest':
      case 'deployment':
        return { kind };
      case 'version': {
        const version = text(element, `${prefix}Version`);
        if (version !== null && /^\d+$/.test(version)) return { kind, version: Number(version) };
        if (version !== null && /[$#]\{/.test(version))
          return { kind, version: this.expression(element, version, `'${prefix}Version'`) };
        this.refuse(element, `Expected '${prefix}Version' to be a whole number, but it is '${version ?? ''}'`);
        return null;
      }
      case 'versionTag': {
        const versionTag = this.attribute(element, `${prefix}VersionTag`);
        if (versionTag) return { kind, versionTag };
        this.refuse(element, `Expected '${prefix}VersionTag' with the binding 'versionTag', but it is missing`);
        return null;
      }
      default:
        this.refuse(
          element,
          `Expected '${prefix}Binding' to be latest, deployment, version or versionTag, but it is '${kind}'`,
        );
        return null;
    }
  }
}

function idOf(element: ModdleElement): string | undefined {
  for (let e: ModdleElement | undefined = element; e; e = e.$parent) if (e.id !== undefined) return e.id;
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof EngineError || error instanceof BpmnErrorSignal) return error.message;
  throw error; // a bug, not a mistake in the model
}

/** Compiled conditions are shared by all that are written alike, so that the text goes to one of its own. */
function withText(test: Condition, language: string, source: string): Condition {
  const { reads } = test;
  return Object.assign((context: EvaluationContext) => test(context), {
    text: { language, source },
    ...(reads && { reads }),
  });
}

function isJuel(language: string): boolean {
  return /juel|xpath|^el$|sun\.com/i.test(language);
}

function isFeel(language: string): boolean {
  return /feel|omg\.org\/spec\/DMN/i.test(language);
}

/** The script format that runs conditions in this language. */
function scriptFormatOf(language: string | null): string {
  if (language === null || isJuel(language)) return 'juel';
  return isFeel(language) ? 'feel' : language;
}

function literal(source: string): Expression {
  return { source, literal: source, evaluate: () => source, evaluateTyped: () => ({ type: 'String', value: source }) };
}

/** What went wrong and, where the reader knows it, why; without the place, which is told apart. */
function reasonIn(message: string): string {
  const [what = message] = message.split('\n');
  const why = /nested error: (.*)/.exec(message)?.[1];
  return why ? `${what}: ${why}` : what;
}

function placeIn(message: string): Place {
  return {
    line: Number(/line: (\d+)/.exec(message)?.[1] ?? 0) + 1,
    column: Number(/column: (\d+)/.exec(message)?.[1] ?? 0) + 1,
  };
}
