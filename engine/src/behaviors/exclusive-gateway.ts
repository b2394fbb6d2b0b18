import type { Behavior } from './behavior.js';

/**
 * The token leaves by one flow: the first in document order whose condition holds, else the default.
 * Merging is pass-through. Source: BPMN 2.0.2 §13.4.2, table 13.2. As in Camunda, the only flow without a condition is
 * the default where none is named.
 */
export const exclusiveGateway: Behavior<null> = {
  parse: () => null,
  activityType: () => 'exclusiveGateway',
  check(gateway, problem) {
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
    const otherwise = gateway.defaultFlow ?? gateway.outgoing.find(({ condition }) => !condition);
    const flow =
      gateway.outgoing.find((candidate) => candidate !== otherwise && candidate.condition?.(view)) ?? otherwise;
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
