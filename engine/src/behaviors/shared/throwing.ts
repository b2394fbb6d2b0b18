import { extensions, type ModdleElement, one, text } from '../../model/moddle.js';
import type { ParseContext } from '../../model/parse-context.js';
import type { Element } from '../../model/process-model.js';
import type { Expression } from '../../ports.js';
import type { Variables } from '../../runtime/typed-value.js';
import type { ActivityView, Step } from '../behavior.js';
import { signalName } from './event-definition.js';
import { enterWork, optionalText, parseWork, type Work } from './external-work.js';
import { mapInputs, parseMapping, type VariableMapping } from './variable-mapping.js';

/** What a throwing event does, be it in the middle or at the end of a path. */
export type Thrown =
  | { readonly kind: 'none' }
  /** Sent by a worker; without work it's only a mark. */
  | { readonly kind: 'message'; readonly work: Work | null }
  | {
      readonly kind: 'signal';
      readonly name: Expression;
      /** Of the instances that start by it. */
      readonly businessKey: Expression | null;
      readonly inputs: readonly VariableMapping[];
    }
  | { readonly kind: 'escalation'; readonly code: string }
  /** Of one activity, or of all in the scope. */
  | { readonly kind: 'compensation'; readonly activityId: string | null };

/** Reads the event definitions that throwing events share; null for any other. */
export function parseThrown(source: ModdleElement, definition: ModdleElement, context: ParseContext): Thrown | null {
  switch (definition.$type) {
    case 'bpmn:MessageEventDefinition':
      return { kind: 'message', work: parseWork(source, definition, context) };
    case 'bpmn:SignalEventDefinition': {
      const name = signalName(source, definition, context);
      if (definition.get('camunda:async') === true)
        context.warn(source, "'camunda:async' has no effect: the signal reaches everybody in the same transaction");
      const ins = extensions(definition, 'camunda:In');
      const businessKey =
        ins.map((mapping) => context.attribute(mapping, 'businessKey')).find((key) => key !== null) ?? null;
      const inputs = ins.flatMap((mapping) =>
        text(mapping, 'businessKey') === null ? parseMapping(source, mapping, context) : [],
      );
      return name && { kind: 'signal', name, businessKey, inputs };
    }
    case 'bpmn:EscalationEventDefinition': {
      const escalation = one(definition, 'escalationRef');
      const code = escalation && text(escalation, 'escalationCode');
      if (code) return { kind: 'escalation', code };
      context.refuse(source, 'Expected the escalation event to reference an escalation with an escalationCode');
      return null;
    }
    case 'bpmn:CompensateEventDefinition':
      if (definition.get('waitForCompletion') === false)
        context.warn(source, "'waitForCompletion' has no effect: the event always waits until everything is undone");
      return { kind: 'compensation', activityId: one(definition, 'activityRef')?.id ?? null };
    default:
      return null;
  }
}

/** What an event undoes stands in its own scope; an event sub-process also undoes what the scope around it has done. */
export function checkThrown({ scope }: Element, thrown: Thrown, problem: (reason: string) => void): void {
  if (thrown.kind !== 'compensation' || thrown.activityId === null || !scope) return;
  const scopes = scope.scope?.eventSubProcesses.includes(scope) ? [scope, scope.scope] : [scope];
  const reached = scopes.flatMap(({ children }) => children.map((child) => child.repeats ?? child));
  if (!reached.some(({ id }) => id === thrown.activityId))
    problem(
      `Expected 'activityRef' to name an activity in scope '${scope.id}', but '${thrown.activityId}' isn't there`,
    );
}

/** @param ends the path ends at this event */
export function enterThrown(thrown: Thrown, view: ActivityView, ends: boolean): Step {
  const done: Step = ends ? { kind: 'end' } : { kind: 'leave' };
  switch (thrown.kind) {
    case 'none':
      return done;
    case 'message': {
      const step = thrown.work ? enterWork(thrown.work, view) : done;
      return step.kind === 'leave' ? done : step;
    }
    case 'signal': {
      const variables: Variables = mapInputs(thrown.inputs, view);
      const businessKey = optionalText(thrown.businessKey, view);
      return { kind: 'signal', name: String(thrown.name.evaluate(view)), businessKey, variables, ends };
    }
    case 'compensation':
      return { kind: 'compensate', activityId: thrown.activityId };
    case 'escalation':
      return { kind: 'escalate', code: thrown.code, ends };
  }
}
