import { ParseError, type Problem } from '../errors.js';
import { compileProcess } from './compile-process.js';
import { checkDocument } from './document-checks.js';
import { elementLines } from './element-lines.js';
import { type ModdleResult, many, readXml } from './moddle.js';
import { undeclaredPrefixes } from './normalize-xml.js';
import { ParseContext } from './parse-context.js';
import type { ProcessModel } from './process-model.js';
import { noteReference } from './references.js';

export interface ParsedBpmn {
  /** The executable processes (`isExecutable="true"`), in document order. */
  readonly processes: readonly ProcessModel[];
  /** What is questionable but can be executed. */
  readonly warnings: readonly Problem[];
}

/** What checks scripts while a model is parsed; a `ScriptHost` is one. */
export interface ScriptChecker {
  readonly formats: ReadonlySet<string>;
  check(format: string, source: string): void;
}

/** The text of another resource of the same deployment; undefined where it has none of that name. */
export type ResourceReader = (name: string) => string | undefined;

/**
 * Reads a BPMN 2.0 resource in Camunda's dialect and compiles its executable processes.
 * @param readResource for scripts that the model keeps in files of their own (`deployment://…`)
 * @throws ParseError naming every element that can't be executed, with line and reason
 */
export async function parseBpmn(
  xml: string,
  resourceName: string,
  scripts: ScriptChecker,
  readResource: ResourceReader = () => undefined,
): Promise<ParsedBpmn> {
  const result = await read(xml, resourceName);
  const [undeclared] = undeclaredPrefixes(xml);
  const places = elementLines(xml);
  const context = new ParseContext(
    places,
    scripts.formats,
    (format, source) => scripts.check(format, source),
    readResource,
  );
  if (undeclared !== undefined)
    context.refuseAt(`Expected every prefix to be declared by an xmlns attribute, but '${undeclared}' is not`);
  for (const warning of result.warnings) noteWarning(warning, result, context);
  checkDocument(result.rootElement, context);
  const processes = many(result.rootElement, 'rootElements').filter(
    (element) => element.$type === 'bpmn:Process' && element.get('isExecutable') === true,
  );
  const models = processes.map((process) => compileProcess(process, context));
  if (context.problems.length > 0) throw new ParseError(resourceName, context.problems, context.warnings);
  return { processes: models, warnings: context.warnings };
}

async function read(xml: string, resourceName: string): Promise<ModdleResult> {
  try {
    return await readXml(xml);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/line: (\d+)/.exec(message)?.[1] ?? 0) + 1;
    const column = Number(/column: (\d+)/.exec(message)?.[1] ?? 0) + 1;
    const reason = `Expected a BPMN 2.0 document, but it can't be read: ${message.split('\n')[0]}`;
    throw new ParseError(resourceName, [{ message: reason, line, column }]);
  }
}

/** Elements that can't be understood are mistakes; what Camunda doesn't know or resolve either is questionable. */
function noteWarning(warning: ModdleResult['warnings'][number], result: ModdleResult, context: ParseContext): void {
  const { message, element, property, value } = warning;
  if (element && property !== undefined && value !== undefined) {
    if (message.startsWith('unresolved reference')) noteReference({ element, property, value }, result, context);
    else context.warn(element, `'${property}' is unknown here and has no effect`);
    return;
  }
  if (/duplicate|unparsable|unrecognized|unknown element/i.test(message) && element) context.refuse(element, message);
  else if (/unparsable|duplicate ID|missing namespace/i.test(message)) context.refuseAt(message);
  else context.warnAt(message);
}
