import type { Element, FormReference } from '../model/process-model.js';
import { hasTopic, triggerOf } from './element-kinds.js';
import { REFRESH_ASPECTS, type Refresh, type RefreshAspect } from './plan.js';

type Applies = (source: Element, target: Element) => boolean;

/** Where there is something to refresh, by aspect; else why not. */
const NEEDS: { readonly [A in RefreshAspect]: readonly [applies: Applies, otherwise: string] } = {
  topic: [(_, target) => hasTopic(target), 'the target activity has no topic'],
  retries: [
    (_, target) => hasTopic(target) || target.asyncBefore || target.asyncAfter || hasTimer(target),
    'the target activity has neither an external task nor jobs',
  ],
  inputMapping: [
    (source, target) => source.inputs.length + target.inputs.length > 0,
    'neither activity has an input mapping',
  ],
  assignee: [(_, target) => isUserTask(target), 'the target activity is no user task'],
  dueDate: [(_, target) => isUserTask(target), 'the target activity is no user task'],
  timer: [(_, target) => hasTimer(target), 'the target activity has no timer'],
  message: [
    (_, target) => ['message', 'signal'].includes(triggerOf(target)?.kind ?? ''),
    'the target activity waits for no message or signal',
  ],
  form: [(_, target) => isUserTask(target), 'the target activity is no user task'],
};

/** What of an instruction's refreshing can't be meant, or can't be done. */
export function refreshFailures(source: Element, target: Element, refresh: Refresh = {}): string[] {
  const failures = Object.entries(refresh).flatMap(([aspect, choice]) => {
    const need = Object.hasOwn(NEEDS, aspect) ? NEEDS[aspect as RefreshAspect] : null;
    if (!need) return [`Cannot refresh '${aspect}', because that is none of ${REFRESH_ASPECTS.join(', ')}`];
    const [applies, otherwise] = need;
    return choice === 'refresh' && !applies(source, target) ? [`Cannot refresh '${aspect}', because ${otherwise}`] : [];
  });
  const form = source.behavior.form?.(source);
  if (refresh.form === 'keep' && form && isFoundByDeployment(form))
    failures.push(
      `Cannot keep the form of '${source.id}', because it is looked for in the deployment of the instance's process definition`,
    );
  return failures;
}

function isUserTask({ behavior, config }: Element): boolean {
  return behavior.migratesAs?.(config) === 'userTask';
}

function hasTimer(element: Element): boolean {
  const timeouts = element.behavior.taskListeners?.(element) ?? [];
  return triggerOf(element)?.kind === 'timer' || timeouts.some(({ timer }) => timer !== null);
}

function isFoundByDeployment(form: FormReference): boolean {
  if (form.kind === 'ref') return form.binding === 'deployment';
  return form.kind === 'key' && /\bdeployment:/.test(form.key.source);
}
