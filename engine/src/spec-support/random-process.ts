import fc from 'fast-check';
import { flow, mappings, messageEvent, process, subProcess, timerEvent } from './models.js';
import { type Heard, listening } from './worker-listeners.js';

/** A block-structured process: each block has one way in and one way out, so every one of them is sound. */
export type Block =
  | { readonly kind: 'work'; readonly task: 'user' | 'external' | 'receive' | 'abstract'; readonly async: Async }
  | { readonly kind: 'sequence'; readonly blocks: readonly Block[] }
  | { readonly kind: 'choice'; readonly branches: readonly Block[]; readonly taken: number; readonly async: Async }
  | { readonly kind: 'parallel'; readonly branches: readonly Block[]; readonly async: Async }
  | { readonly kind: 'loop'; readonly body: Block; readonly turns: number }
  | { readonly kind: 'subProcess'; readonly body: Block; readonly async: Async }
  /** A sub-process whose parallel branches end each by itself. */
  | { readonly kind: 'scatter'; readonly branches: readonly Block[]; readonly async: Async }
  /** Those branches whose bit is set are taken, at least one. */
  | { readonly kind: 'inclusive'; readonly branches: readonly Block[]; readonly taken: number; readonly async: Async }
  /** A sub-process that is repeated by a marker. */
  | {
      readonly kind: 'repeat';
      readonly marker: Marker;
      readonly body: Block;
      readonly times: number;
      readonly async: Async;
    }
  | { readonly kind: 'adHoc'; readonly branches: readonly Block[]; readonly sequential: boolean }
  /** A task, and an event that may come before it is done. */
  | { readonly kind: 'guarded'; readonly by: Guard; readonly event: 'timer' | 'message' }
  /** The first of two events decides. */
  | { readonly kind: 'race' };

type Marker = 'parallel' | 'sequential' | 'loop';
type Guard = 'boundary' | 'nonInterruptingBoundary' | 'eventSubProcess' | 'nonInterruptingEventSubProcess';

interface Async {
  readonly before: boolean;
  readonly after: boolean;
}

export interface RandomProcess {
  readonly key: string;
  readonly xml: string;
  readonly variables: Readonly<Record<string, number>>;
  /** How often each element must have been visited when an instance has ended. */
  readonly visits: ReadonlyMap<string, number>;
  /** Elements whose visits depend on which event comes first; what holds for them whatever comes. */
  readonly open: ReadonlySet<string>;
  readonly relations: readonly Relation[];
}

/** What went on at the elements of one kind of place: the visits of the first ones sum up to the visits of the others. */
export interface Relation {
  readonly sum: readonly string[];
  /** A number of visits, the visits of an element, or those that were cancelled. */
  readonly is: number | { readonly visits: string } | { readonly canceled: string } | { readonly atMost: number };
}

const async: fc.Arbitrary<Async> = fc.record({
  before: fc.boolean(),
  after: fc.boolean(),
});

const tied = fc.letrec<{ block: Block; work: Block; branches: Block[] }>((tie) => ({
  work: fc.record({
    kind: fc.constant('work' as const),
    task: fc.constantFrom('user' as const, 'external' as const, 'receive' as const, 'abstract' as const),
    async,
  }),
  branches: fc.array(tie('block'), { minLength: 2, maxLength: 3 }),
  block: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    tie('work'),
    fc.record({
      kind: fc.constant('sequence' as const),
      blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('choice' as const), branches: tie('branches'), taken: fc.nat(2), async }),
    fc.record({ kind: fc.constant('parallel' as const), branches: tie('branches'), async }),
    fc.record({ kind: fc.constant('loop' as const), body: tie('block'), turns: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('subProcess' as const), body: tie('block'), async }),
    fc.record({ kind: fc.constant('scatter' as const), branches: tie('branches'), async }),
    fc.record({
      kind: fc.constant('inclusive' as const),
      branches: tie('branches'),
      taken: fc.integer({ min: 1, max: 7 }),
      async,
    }),
    fc.record({
      kind: fc.constant('repeat' as const),
      marker: fc.constantFrom('parallel' as const, 'sequential' as const, 'loop' as const),
      body: tie('block'),
      times: fc.integer({ min: 1, max: 3 }),
      async,
    }),
    fc.record({ kind: fc.constant('adHoc' as const), branches: tie('branches'), sequential: fc.boolean() }),
    fc.record({
      kind: fc.constant('guarded' as const),
      by: fc.constantFrom<Guard>(
        'boundary',
        'nonInterruptingBoundary',
        'eventSubProcess',
        'nonInterruptingEventSubProcess',
      ),
      event: fc.constantFrom('timer' as const, 'message' as const),
    }),
    fc.constant({ kind: 'race' as const }),
  ),
}));

export const blocks: fc.Arbitrary<Block> = tied.block;

/**
 * The model of a block, between a start and an end event. Message names are those of the receive tasks.
 * @param heard by turns, for each element and flow, which of its listeners are a worker's
 */
export function randomProcess(key: string, block: Block, heard: readonly Heard[] = []): RandomProcess {
  const rendering = new Rendering();
  const body = rendering.scope('start', 'end', block, 1);
  const messages = rendering.messages.map((id) => `<message id="message-${id}" name="${id}"/>`);
  const { variables, visits, open, relations, quiet } = rendering;
  const xml = listening(process(key, body), heard, quiet);
  return { key, xml: [...messages, xml].join('\n'), variables, visits, open, relations };
}

interface Piece {
  readonly xml: string;
  readonly entry: string;
  readonly exit: string;
}

class Rendering {
  readonly variables: Record<string, number> = {};
  readonly visits = new Map<string, number>();
  readonly messages: string[] = [];
  readonly open = new Set<string>();
  readonly relations: Relation[] = [];
  /** Elements and flows that nobody listens to: what happens elsewhere must not find the token there. */
  readonly quiet = new Set<string>();
  /** Variables that count the turns of loops. */
  private readonly counters: string[] = [];
  private lastId = 0;

  /** A scope's content: a start event, the block, an end event. */
  scope(start: string, end: string, block: Block, times: number): string {
    this.visit(start, times);
    this.visit(end, times);
    const inner = this.render(block, times);
    return [
      `<startEvent id="${start}"/>`,
      inner.xml,
      `<endEvent id="${end}"/>`,
      flow(start, inner.entry),
      flow(inner.exit, end),
    ].join('\n');
  }

  /** @param times how often the block is gone through; 0 for branches that aren't taken */
  private render(block: Block, times: number): Piece {
    switch (block.kind) {
      case 'work':
        return this.work(block, times);
      case 'sequence':
        return this.sequence(block.blocks, times);
      case 'choice':
        return this.choice(block, times);
      case 'parallel':
        return this.parallel(block, times);
      case 'loop':
        return this.loop(block, times);
      case 'subProcess': {
        const id = this.element('sub', times);
        const content = this.scope(`start-of-${id}`, `end-of-${id}`, block.body, times);
        return this.scopeOf(id, block.async, content);
      }
      case 'scatter':
        return this.scatter(block, times);
      case 'inclusive':
        return this.inclusive(block, times);
      case 'repeat':
        return this.repeat(block, times);
      case 'adHoc':
        return this.adHoc(block, times);
      case 'guarded':
        return this.guarded(block, times);
      case 'race':
        return this.race(times);
    }
  }

  private scopeOf(id: string, async: Async, content: string): Piece {
    return { xml: subProcess(id, content).replace('>', `${markers(async)}>`), entry: id, exit: id };
  }

  private scatter({ branches, async }: Extract<Block, { kind: 'scatter' }>, times: number): Piece {
    const id = this.element('scatter', times);
    const start = this.element('start', times);
    const pieces = branches.map((branch) => ({ ...this.render(branch, times), end: this.element('end', times) }));
    const content = [
      `<startEvent id="${start}"/>`,
      ...pieces.map(({ xml, end }) => `${xml}\n<endEvent id="${end}"/>`),
      ...pieces.map(({ entry }) => flow(start, entry)),
      ...pieces.map(({ exit, end }) => flow(exit, end)),
    ];
    return this.scopeOf(id, async, content.join('\n'));
  }

  private work({ task, async }: Extract<Block, { kind: 'work' }>, times: number): Piece {
    const id = this.element(task, times);
    const marks = markers(async);
    if (task === 'receive') this.messages.push(id);
    const xml = {
      user: `<userTask id="${id}"${marks}/>`,
      external: `<serviceTask id="${id}"${marks} camunda:type="external" camunda:topic="work"/>`,
      receive: `<receiveTask id="${id}"${marks} messageRef="message-${id}"/>`,
      abstract: `<task id="${id}"${marks}/>`,
    }[task];
    return { xml, entry: id, exit: id };
  }

  private sequence(blocks: readonly Block[], times: number): Piece {
    const pieces = blocks.map((block) => this.render(block, times));
    const flows = pieces.slice(1).map(({ entry }, index) => flow(pieces[index]!.exit, entry));
    const xml = [...pieces.map((piece) => piece.xml), ...flows].join('\n');
    return { xml, entry: pieces[0]!.entry, exit: pieces.at(-1)!.exit };
  }

  private choice({ branches, taken, async }: Extract<Block, { kind: 'choice' }>, times: number): Piece {
    const split = this.element('choice', times);
    const merge = this.element('merge', times);
    const variable = `taken${this.lastId}`;
    const index = taken % branches.length;
    this.variables[variable] = index;
    const pieces = branches.map((branch, each) => this.render(branch, each === index ? times : 0));
    const last = pieces.at(-1)!;
    const xml = [
      `<exclusiveGateway id="${split}" default="${split}-${last.entry}"${markers(async)}/>`,
      `<exclusiveGateway id="${merge}"/>`,
      ...pieces.map((piece) => piece.xml),
      ...pieces.slice(0, -1).map(({ entry }, each) => flow(split, entry, `\${${variable} == ${each}}`)),
      flow(split, last.entry),
      ...pieces.map(({ exit }) => flow(exit, merge)),
    ];
    return { xml: xml.join('\n'), entry: split, exit: merge };
  }

  private parallel({ branches, async }: Extract<Block, { kind: 'parallel' }>, times: number): Piece {
    const fork = this.element('fork', times);
    const join = this.element('join', times * branches.length); // each token that arrives is a visit
    const pieces = branches.map((branch) => this.render(branch, times));
    const xml = [
      `<parallelGateway id="${fork}"/>`,
      `<parallelGateway id="${join}"${markers(async)}/>`,
      ...pieces.map((piece) => piece.xml),
      ...pieces.map(({ entry }) => flow(fork, entry)),
      ...pieces.map(({ exit }) => flow(exit, join)),
    ];
    return { xml: xml.join('\n'), entry: fork, exit: join };
  }

  private loop({ body, turns }: Extract<Block, { kind: 'loop' }>, times: number): Piece {
    const begin = this.element('begin', times);
    const again = this.element('again', times * turns);
    const count = this.element('count', times * turns);
    const until = this.element('until', times * turns);
    const inner = this.render(body, times * turns);
    const counter = `turns_${begin}`;
    this.counters.push(counter);
    const set = (id: string, value: string) =>
      `<serviceTask id="${id}" camunda:expression="\${${value}}" camunda:resultVariable="${counter}"/>`;
    const out = this.element('out', times);
    const xml = [
      set(begin, '0'),
      `<exclusiveGateway id="${again}"/>`,
      inner.xml,
      set(count, `${counter} + 1`),
      `<exclusiveGateway id="${until}" default="${until}-${out}"/>`,
      `<task id="${out}"/>`,
      flow(begin, again),
      flow(again, inner.entry),
      flow(inner.exit, count),
      flow(count, until),
      flow(until, again, `\${${counter} < ${turns}}`),
      flow(until, out),
    ];
    return { xml: xml.join('\n'), entry: begin, exit: out };
  }

  private inclusive({ branches, taken, async }: Extract<Block, { kind: 'inclusive' }>, times: number): Piece {
    const split = this.element('decide', times);
    const isTaken = branches.map((_, each) => (taken & (1 << each)) !== 0);
    if (!isTaken.includes(true)) isTaken[0] = true;
    const join = this.element('gather', times * isTaken.filter(Boolean).length); // each token that arrives is a visit
    const pieces = branches.map((branch, each) => this.render(branch, isTaken[each] ? times : 0));
    const xml = [
      `<inclusiveGateway id="${split}"/>`,
      `<inclusiveGateway id="${join}"${markers(async)}/>`,
      ...pieces.map((piece) => piece.xml),
      ...pieces.map(({ entry }, each) => flow(split, entry, `\${${isTaken[each]}}`)),
      ...pieces.map(({ exit }) => flow(exit, join)),
    ];
    return { xml: xml.join('\n'), entry: split, exit: join };
  }

  /** Loops inside count for themselves in each instance. */
  private repeat({ marker, body, times: turns, async }: Extract<Block, { kind: 'repeat' }>, times: number): Piece {
    const id = this.element('repeated', times * turns);
    this.visit(`${id}#${marker === 'loop' ? 'loopBody' : 'multiInstanceBody'}`, times);
    const before = this.counters.length;
    const content = this.scope(`start-of-${id}`, `end-of-${id}`, body, times * turns);
    const own = mappings(Object.fromEntries(this.counters.slice(before).map((name) => [name, '${0}'])));
    const characteristics =
      marker === 'loop'
        ? `<standardLoopCharacteristics loopMaximum="${turns}"/>`
        : `<multiInstanceLoopCharacteristics isSequential="${marker === 'sequential'}"><loopCardinality>${turns}</loopCardinality></multiInstanceLoopCharacteristics>`;
    return this.scopeOf(id, async, `${own}${characteristics}${content}`);
  }

  private adHoc({ branches, sequential }: Extract<Block, { kind: 'adHoc' }>, times: number): Piece {
    const id = this.element('adHoc', times);
    const content = branches.map((branch) => this.render(branch, times).xml).join('\n');
    const ordering = sequential ? 'Sequential' : 'Parallel';
    return {
      xml: `<adHocSubProcess id="${id}" ordering="${ordering}">${content}</adHocSubProcess>`,
      entry: id,
      exit: id,
    };
  }

  private guarded({ by, event }: Extract<Block, { kind: 'guarded' }>, times: number): Piece {
    const task = this.element('guarded', times);
    const caught = this.openElement('caught');
    const answer = this.openElement('answer');
    const interrupts = by === 'boundary' || by === 'eventSubProcess';
    this.relations.push({ sum: [caught], is: { visits: answer } });
    if (interrupts) this.relations.push({ sum: [caught], is: { canceled: task } });
    else if (event === 'timer') this.relations.push({ sum: [caught], is: { atMost: times } });
    const definition = this.eventDefinition(caught, event);
    const work = `<userTask id="${task}"/><task id="${answer}"/>`;
    if (by === 'boundary' || by === 'nonInterruptingBoundary') {
      const merge = this.element('merge', times);
      const xml = [
        work,
        `<boundaryEvent id="${caught}" attachedToRef="${task}" cancelActivity="${interrupts}">${definition}</boundaryEvent>`,
        `<exclusiveGateway id="${merge}"/>`,
        flow(task, merge),
        flow(caught, answer),
        interrupts ? flow(answer, merge) : '',
      ];
      return { xml: xml.join('\n'), entry: task, exit: merge };
    }
    const id = this.element('watched', times);
    const start = this.element('start', times);
    const handler = this.openElement('handler');
    for (const each of [id, start, `${start}-${task}`]) this.quiet.add(each);
    this.relations.push({ sum: [handler], is: { visits: caught } });
    const content = [
      `<startEvent id="${start}"/><userTask id="${task}"/>`,
      flow(start, task),
      `<subProcess id="${handler}" triggeredByEvent="true">`,
      `<startEvent id="${caught}" isInterrupting="${interrupts}">${definition}</startEvent><task id="${answer}"/>`,
      flow(caught, answer),
      '</subProcess>',
    ];
    return { xml: subProcess(id, content.join('\n')), entry: id, exit: id };
  }

  private race(times: number): Piece {
    const gateway = this.element('race', times);
    const merge = this.element('merge', times);
    const events = (['timer', 'message'] as const).map((event) => ({ id: this.openElement(event), event }));
    this.relations.push({ sum: events.map(({ id }) => id), is: times }, { sum: [gateway], is: { canceled: gateway } });
    const xml = [
      `<eventBasedGateway id="${gateway}"/><exclusiveGateway id="${merge}"/>`,
      ...events.map(
        ({ id, event }) =>
          `<intermediateCatchEvent id="${id}">${this.eventDefinition(id, event)}</intermediateCatchEvent>`,
      ),
      ...events.flatMap(({ id }) => [flow(gateway, id), flow(id, merge)]),
    ];
    return { xml: xml.join('\n'), entry: gateway, exit: merge };
  }

  private eventDefinition(id: string, event: 'timer' | 'message'): string {
    if (event === 'timer') return timerEvent('timeDuration', 'PT1H');
    this.messages.push(id);
    return messageEvent(`message-${id}`);
  }

  /** An element whose visits depend on what happens first. */
  private openElement(prefix: string): string {
    const id = `${prefix}${++this.lastId}`;
    this.open.add(id);
    return id;
  }

  private element(prefix: string, visits: number): string {
    const id = `${prefix}${++this.lastId}`;
    this.visit(id, visits);
    return id;
  }

  private visit(id: string, times: number): void {
    if (times > 0) this.visits.set(id, times);
  }
}

function markers({ before, after }: Async): string {
  return `${before ? ' camunda:asyncBefore="true"' : ''}${after ? ' camunda:asyncAfter="true"' : ''}`;
}
