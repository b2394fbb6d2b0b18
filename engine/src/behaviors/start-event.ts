import { text } from '../model/moddle.js';
import type { FormReference } from '../model/process-model.js';
import type { Behavior, EventTrigger } from './behavior.js';
import { formData, triggerData } from './shared/data-use.js';
import { parseTrigger, timerConfiguration } from './shared/event-definition.js';
import { formAttributes, parseForm } from './shared/form.js';

interface StartConfig {
  readonly trigger: EventTrigger | null;
  readonly initiator: string | null;
  readonly form: FormReference | null;
  readonly inEventSubProcess: boolean;
}

const activityTypes = {
  message: 'messageStartEvent',
  timer: 'startTimerEvent',
  error: 'errorStartEvent',
  signal: 'signalStartEvent',
  escalation: 'escalationStartEvent',
  conditional: 'conditionalStartEvent',
  compensation: 'compensationStartEvent',
  cancel: 'startEvent',
} as const;

/** Where a process, sub-process or event sub-process begins. Source: BPMN 2.0.2 §10.5.2, §13.5.1, §13.5.4. */
export const startEvent: Behavior<StartConfig> = {
  understands: [...formAttributes, 'initiator'],
  parse(source, context, place) {
    const { inEventSubProcess } = place;
    const trigger = inEventSubProcess
      ? parseTrigger(source, context, [
          'message',
          'timer',
          'error',
          'signal',
          'escalation',
          'conditional',
          'compensation',
        ])
      : parseTrigger(source, context, ['message', 'timer', 'signal', 'conditional'], false);
    return { trigger, initiator: text(source, 'initiator'), form: parseForm(source, context), inEventSubProcess };
  },
  activityType: ({ trigger }) => (trigger ? activityTypes[trigger.kind] : 'startEvent'),
  migratesAs({ trigger, inEventSubProcess }) {
    if (!inEventSubProcess) return null;
    return trigger?.kind === 'conditional' ? 'conditionalEventSubProcessStart' : 'eventSubProcessStart';
  },
  trigger: ({ trigger }) => trigger,
  form: ({ config }) => config.form,
  data({ config: { trigger, form, initiator, inEventSubProcess } }) {
    const given = trigger || inEventSubProcess ? triggerData(trigger) : formData(form, 'starter');
    return { ...given, writes: [...(given.writes ?? []), ...(initiator === null ? [] : [initiator])] };
  },
  jobDefinitions({ id, config: { trigger, inEventSubProcess } }) {
    if (trigger?.kind !== 'timer') return [];
    const type = inEventSubProcess ? 'timer-start-event-subprocess' : 'timer-start-event';
    return [{ elementId: id, type, configuration: timerConfiguration(trigger.timer) }];
  },
  enter({ config }, view) {
    // as in Camunda, a variable of this name that the client gives stands
    if (config.initiator !== null && view.variables.get(config.initiator) === undefined)
      view.variables.set(
        config.initiator,
        view.userId === null ? { type: 'Null', value: null } : { type: 'String', value: view.userId },
      );
    return { kind: 'leave' };
  },
};
