import { type ModdleElement, many, one, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Expression } from '../../ports.js';

/** Who does a user task, as the standard's resource roles say. */
export interface ResourceRoles {
  readonly assignee: Expression | null;
  readonly candidateUsers: readonly Expression[];
  readonly candidateGroups: readonly Expression[];
}

/**
 * Reads `humanPerformer` (the assignee) and `potentialOwner` (candidates: `user(anna), group(sales)`, and groups where
 * neither is said), as Camunda does. Source: BPMN 2.0.2 §10.3.4.1.
 */
export function parseResourceRoles(source: ModdleElement, context: ParseContext): ResourceRoles {
  const performers: Expression[] = [];
  const candidateUsers: Expression[] = [];
  const candidateGroups: Expression[] = [];
  for (const role of many(source, 'resources')) {
    const assignment = one(role, 'resourceAssignmentExpression');
    const formal = assignment && one(assignment, 'expression');
    const named = (formal && text(formal, 'body')) ?? '';
    if (role.$type === 'bpmn:HumanPerformer' && named !== '')
      performers.push(context.expression(source, named, 'the human performer'));
    else if (role.$type === 'bpmn:PotentialOwner')
      for (const name of splitNames(named)) {
        const [, kind = 'group', inner = name] = /^(user|group)\((.*)\)$/s.exec(name) ?? [];
        const list = kind === 'user' ? candidateUsers : candidateGroups;
        list.push(context.expression(source, inner.trim(), 'the potential owner'));
      }
    else
      context.refuse(
        source,
        `Expected a humanPerformer or potentialOwner with a resourceAssignmentExpression, but '${role.$type}' isn't supported so`,
      );
  }
  if (performers.length > 1)
    context.refuse(source, `Expected at most one human performer, but there are ${performers.length}`);
  return { assignee: performers[0] ?? null, candidateUsers, candidateGroups };
}

/** An attribute with names, each a text or an expression that gives one or several. */
export function parseNames(source: ModdleElement, attribute: string, context: ParseContext): Expression[] {
  return splitNames(text(source, attribute) ?? '').map((name) => context.expression(source, name, `'${attribute}'`));
}

/** At commas outside of `${…}`. */
function splitNames(names: string): string[] {
  const parts = names.match(/(?:[$#]\{[^}]*\}|[^,])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
