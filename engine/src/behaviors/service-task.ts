import type { Behavior } from './behavior.js';
import { workData } from './shared/data-use.js';
import {
  enterWork,
  errorRulesOf,
  requireWork,
  resumeWork,
  topicOf,
  type Work,
  workAttributes,
} from './shared/external-work.js';

/** Work by software: a worker's external task, or an expression. Source: BPMN 2.0.2 §10.3.3, §13.3.3. */
export const serviceTask: Behavior<Work | null> = {
  understands: workAttributes,
  parse: (source, context) => requireWork(source, context, 'a service task'),
  activityType: () => 'serviceTask',
  data: ({ config }) => workData(config),
  topic: ({ config }) => topicOf(config),
  errorRules: ({ config }) => errorRulesOf(config),
  enter: ({ config }, view) => (config ? enterWork(config, view) : { kind: 'leave' }),
  resume: ({ config }, view) => resumeWork(config, view),
};
