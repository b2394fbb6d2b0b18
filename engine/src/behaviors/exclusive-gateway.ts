import type { Behavior } from './behavior.js';

/**
 * The token leaves by one flow: the first in document order whose condition holds, else the default.
 * Merging is pass-through. Source: BPMN 2.0.2 §13.4.2, table 13.2. As in Camunda, one flow without a condition may
 * stand among them where no default is named; the token takes it when it comes to it.
 */
export const exclusiveGateway: Behavior<null> = {
  parse: () => null,
  activityType: () => 'exclusiveGateway',
  check(gateway, problem) {
    if (gateway.outgoing.length === 0 && !gateway.scope?.behavior.pathsMayEnd)
      problem('Expected an exclusive gateway to have an outgoing flow');
    if (gateway.outgoing.length === 1 && gateway.outgoing[0]?.condition)
      problem('Expected the only flow that leaves an exclusive gateway to have no condition');
    if (gateway.outgoing.length < 2) return;
    for (const flow of gateway.outgoing) {
      if (flow === gateway.defaultFlow && flow.condition)
        problem(`Expected the default flow '${flow.id}' to have no condition`);
    }
    const open = gateway.outgoing.filter((flow) => !flow.condition && flow !== gateway.defaultFlow);
    const [first] = open;
    if (first && (open.length > 1 || gateway.defaultFlow))
      problem(
        `Expected flow '${first.id}' to have a condition or to be the default, since it leaves an exclusive gateway`,
      );
  },
  enter(gateway, view) {
    const flow =
      gateway.outgoing.find(
        (candidate) => candidate !== gateway.defaultFlow && (candidate.condition?.(view) ?? true),
      ) ?? gateway.defaultFlow;
    if (flow) return { kind: 'leave', flows: [flow] };
    if (gateway.outgoing.length === 0) return { kind: 'end' };
    // The standard asks for an exception; the caller decides whether that is a failed command or a failed job.
    return {
      kind: 'fail',
      code: 'NO_OUTGOING_FLOW',
      message: `Expected a flow of '${gateway.id}' to be taken, but no condition holds and there is no default`,
    };
  },
};
