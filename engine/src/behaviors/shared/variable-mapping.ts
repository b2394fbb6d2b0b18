import { type ModdleElement, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Expression } from '../../ports.js';
import type { TypedValue, Variables } from '../../runtime/typed-value.js';
import type { ActivityView } from '../behavior.js';

/** One `camunda:in` or `camunda:out`: all variables, one by name, or the value of an expression. */
export type VariableMapping = { readonly local: boolean } & (
  | { readonly kind: 'all' }
  | { readonly kind: 'variable'; readonly source: string; readonly target: string }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly target: string }
);

/** Reads a `camunda:in` or `camunda:out`; nothing and a problem when it is incomplete. */
export function parseMapping(owner: ModdleElement, mapping: ModdleElement, context: ParseContext): VariableMapping[] {
  const local = mapping.get('local') === true;
  const all = text(mapping, 'variables');
  if (all === 'all') return [{ kind: 'all', local }];
  const target = text(mapping, 'target');
  const source = text(mapping, 'source');
  const expression = text(mapping, 'sourceExpression');
  if (all !== null || target === null || (source === null) === (expression === null)) {
    context.refuse(
      owner,
      `Expected camunda:${mapping.$type === 'camunda:In' ? 'in' : 'out'} with variables="all", or with a target and either source or sourceExpression`,
    );
    return [];
  }
  if (expression !== null)
    return [
      { kind: 'expression', expression: context.expression(owner, expression, 'sourceExpression'), target, local },
    ];
  return [{ kind: 'variable', source: source ?? '', target, local }];
}

/** The variables that the mappings pass on, seen from the activity. */
export function mapInputs(mappings: readonly VariableMapping[], view: ActivityView): Variables {
  const { variables } = view;
  const mapped: Record<string, TypedValue> = {};
  for (const mapping of mappings) {
    const read = (name: string) => (mapping.local ? variables.getLocal(name) : variables.get(name));
    if (mapping.kind === 'all') {
      for (const name of mapping.local ? variables.localNames() : variables.names()) {
        const value = read(name);
        if (value) mapped[name] = value;
      }
    } else if (mapping.kind === 'expression') mapped[mapping.target] = mapping.expression.evaluateTyped(view);
    else mapped[mapping.target] = read(mapping.source) ?? { type: 'Null', value: null };
  }
  return mapped;
}
