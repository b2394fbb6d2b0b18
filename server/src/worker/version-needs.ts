import type { Definition, UnknownCall, WorkAhead } from './calls-ahead.js';
import type { WorkerVersionNeedDto } from './worker.dto.js';

interface Need {
  readonly definition: Definition;
  readonly place: WorkAhead | UnknownCall;
  instances: number;
  waiting: number;
  newInstances: boolean;
}

interface Counted {
  readonly definition: Definition;
  readonly topics: Set<string>;
  instances: number;
  waiting: number;
  newInstances: boolean;
}

/** What only the workers of one version would do, by the definition of the instances and by element. */
export class Needs {
  private readonly needs = new Map<string, Need>();
  private readonly definitions = new Map<string, Counted>();

  ofNewInstances(definition: Definition, place: WorkAhead | UnknownCall): void {
    this.need(definition, place).newInstances = true;
    this.counted(definition, [place]).newInstances = true;
  }

  /** @param waitingAt elements at which such an instance has a task or a called instance now */
  ofInstances(
    definition: Definition,
    places: readonly (WorkAhead | UnknownCall)[],
    instances: number,
    waitingAt: readonly string[],
  ): void {
    if (places.length === 0) return;
    const isWaiting = (place: WorkAhead | UnknownCall) =>
      place.definition.id === definition.id && waitingAt.includes(place.elementId);
    const counted = this.counted(definition, places);
    counted.instances += instances;
    if (places.some(isWaiting)) counted.waiting += instances;
    const seen = new Set<Need>();
    for (const place of places) {
      const need = this.need(definition, place);
      if (seen.has(need)) continue;
      seen.add(need);
      need.instances += instances;
      if (isWaiting(place)) need.waiting += instances;
    }
  }

  list(): WorkerVersionNeedDto[] {
    return [...this.needs.values()].map(({ definition, place, ...counts }) => ({
      processDefinitionId: definition.id,
      processDefinitionKey: definition.key,
      processDefinitionVersion: definition.version,
      activityId: place.elementId,
      calledProcessDefinitionId: place.definition.id === definition.id ? null : place.definition.id,
      topicName: 'topic' in place ? place.topic : null,
      ...counts,
    }));
  }

  sentence(): string {
    if (this.definitions.size === 0)
      return 'safe to stop: yes, no instance can come to a task that only this version would do';
    return `safe to stop: no, ${[...this.definitions.values()].map(phrase).join('; ')}`;
  }

  private need(definition: Definition, place: WorkAhead | UnknownCall): Need {
    const topic = 'topic' in place ? place.topic : '(a call)';
    const key = JSON.stringify([definition.id, place.definition.id, place.elementId, topic]);
    const need = this.needs.get(key) ?? { definition, place, instances: 0, waiting: 0, newInstances: false };
    this.needs.set(key, need);
    return need;
  }

  private counted(definition: Definition, places: readonly (WorkAhead | UnknownCall)[]): Counted {
    const counted = this.definitions.get(definition.id) ?? {
      definition,
      topics: new Set<string>(),
      instances: 0,
      waiting: 0,
      newInstances: false,
    };
    for (const place of places)
      counted.topics.add(
        'topic' in place ? (place.topic ?? 'a topic that an expression gives') : 'a process that an expression names',
      );
    this.definitions.set(definition.id, counted);
    return counted;
  }
}

function phrase({ definition, topics, instances, waiting, newInstances }: Counted): string {
  const what = `call ${[...topics].sort().join(', ')}`;
  const name = `${definition.key} v${definition.version}`;
  if (instances === 0) return `new instances of ${name} will ${what}`;
  const count = `${instances} ${instances === 1 ? 'instance' : 'instances'} of ${name}`;
  const now = waiting === 0 || waiting === instances ? '' : ` (${waiting} wait for it now)`;
  const future = newInstances ? ', and so will new ones' : '';
  return `${count} ${waiting === instances ? 'will' : 'may'} still ${what}${now}${future}`;
}
