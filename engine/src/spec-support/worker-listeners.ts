import fc from 'fast-check';

/** Which listeners of an element a worker does; a flow has only one. */
export interface Heard {
  readonly start: boolean;
  readonly end: boolean;
  /** Of a user task: when it is created and when it is completed. */
  readonly task: boolean;
}

/** Most elements have none. */
export const heardEvents: fc.Arbitrary<readonly Heard[]> = fc.array(
  fc.record({ start: seldom(), end: seldom(), task: seldom() }),
  { maxLength: 12 },
);

function seldom(): fc.Arbitrary<boolean> {
  return fc.nat(3).map((n) => n === 0);
}

const OPENING =
  /<(process|startEvent|endEvent|task|userTask|serviceTask|receiveTask|exclusiveGateway|parallelGateway|inclusiveGateway|eventBasedGateway|subProcess|adHocSubProcess|boundaryEvent|intermediateCatchEvent|sequenceFlow) id="([^"]+)"([^>]*?)(\/?)>(<extensionElements>)?/g;

/** Gives the elements and flows of a process listeners that are classes, by turns as the list says. */
export function listening(xml: string, heard: readonly Heard[], quiet: ReadonlySet<string>): string {
  let turn = 0;
  return xml.replace(
    OPENING,
    (opening, tag: string, id: string, attributes: string, closed: string, inside?: string) => {
      const listeners = quiet.has(id) ? '' : listenersOf(tag, heard[turn++ % heard.length]);
      if (listeners === '') return opening;
      if (inside) return opening + listeners;
      const open = `<${tag} id="${id}"${attributes}><extensionElements>${listeners}</extensionElements>`;
      return closed ? `${open}</${tag}>` : open;
    },
  );
}

function listenersOf(tag: string, heard: Heard | undefined): string {
  const execution = (event: string) => executionListener(event, 'class="com.acme.Audit"');
  if (!heard) return '';
  if (tag === 'sequenceFlow') return heard.start ? execution('take') : '';
  const task = (event: string) => taskListener(event, 'class="com.acme.Audit"');
  return [
    heard.start ? execution('start') : '',
    heard.end ? execution('end') : '',
    heard.task && tag === 'userTask' ? task('create') + task('complete') : '',
  ].join('');
}

/** A listener as an extension element. @param work the attributes that say what it does */
export function executionListener(event: string, work: string, content = ''): string {
  return `<camunda:executionListener event="${event}" ${work}>${content}</camunda:executionListener>`;
}

export function taskListener(event: string, work: string, content = ''): string {
  return `<camunda:taskListener event="${event}" ${work}>${content}</camunda:taskListener>`;
}
