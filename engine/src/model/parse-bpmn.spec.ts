import { describe, expect, test } from 'vitest';
import { ParseError } from '../errors.js';
import {
  boundaryEvent,
  definitions,
  error,
  errorEvent,
  eventSubProcess,
  externalTask,
  flow,
  message,
  messageEvent,
  parsed,
  path,
  process,
  refusals,
  subProcess,
  timerEvent,
} from '../spec-support/models.js';
import { processTest } from '../testing/index.js';

const start = '<startEvent id="start"/>';
const extension = (content: string) => `<extensionElements>${content}</extensionElements>`;

/** A process whose only flaw is the given content; `flawed` stands on line 6. */
const around = (content: string, ...rest: string[]) => definitions(process('order', start, content, ...rest));

const flaws: readonly [what: string, content: string, elementId: string, reason: RegExp][] = [
  [
    'a form that Java code handles',
    '<userTask id="flawed" camunda:formHandlerClass="com.acme.Form"/>',
    'flawed',
    /'camunda:formHandlerClass' isn't supported here/,
  ],
  [
    'a call of a process and a case',
    '<callActivity id="flawed" calledElement="x" camunda:caseRef="claim"/>',
    'flawed',
    /either 'calledElement' or 'camunda:caseRef'/,
  ],
  [
    'a task priority that is no number',
    '<serviceTask id="flawed" camunda:type="external" camunda:topic="a" camunda:taskPriority="high"/>',
    'flawed',
    /'camunda:taskPriority' to be a whole number, but it is 'high'/,
  ],
  [
    'a task listener that says nothing',
    `<userTask id="flawed">${extension('<camunda:taskListener event="create"/>')}</userTask>`,
    'flawed',
    /a task listener with an expression, a script, a class or a delegateExpression/,
  ],
  [
    'mappings at a boundary event',
    `<task id="a"/>\n<boundaryEvent id="flawed" attachedToRef="a">${extension('<camunda:inputOutput><camunda:inputParameter name="a">b</camunda:inputParameter></camunda:inputOutput>')}${timerEvent('timeDuration', 'PT1H')}</boundaryEvent>`,
    'flawed',
    /no camunda:inputOutput here/,
  ],
  [
    'an escalation event at an activity that cannot escalate',
    `<task id="a"/>\n${boundaryEvent('flawed', 'a', '<escalationEventDefinition/>')}`,
    'flawed',
    /but it is at a task/,
  ],
  [
    'an event sub-process that goes beside its scope after an error',
    `<subProcess id="s" triggeredByEvent="true">\n<startEvent id="flawed" isInterrupting="false">${errorEvent()}</startEvent></subProcess>`,
    'flawed',
    /to be interrupting/,
  ],
  [
    'a script in a file that is not deployed with it',
    '<scriptTask id="flawed" scriptFormat="javascript" camunda:resource="deployment://sum.js"/>',
    'flawed',
    /a resource 'sum.js' in the deployment, but there is none/,
  ],
  [
    'a mapping whose script is on the class path',
    `<task id="flawed">${extension('<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="javascript" resource="classpath://sum.js"/></camunda:inputParameter></camunda:inputOutput>')}</task>`,
    'flawed',
    /a resource 'sum.js' in the deployment, but there is none/,
  ],
  [
    'an execution listener that says nothing',
    `<task id="flawed">${extension('<camunda:executionListener event="start"/>')}</task>`,
    'flawed',
    /an execution listener with an expression, a script, a class or a delegateExpression/,
  ],
  [
    'a listener whose expression is broken',
    `<task id="flawed">${extension('<camunda:executionListener event="start" expression="${bean.call(}"/>')}</task>`,
    'flawed',
    /'expression' to be a valid expression/,
  ],
  [
    'a listener for an unknown event',
    `<task id="flawed">${extension('<camunda:executionListener event="begin" expression="${1}"/>')}</task>`,
    'flawed',
    /its event is 'begin'/,
  ],
  [
    'multi-instance of nobody knows how many',
    '<task id="flawed"><multiInstanceLoopCharacteristics/></task>',
    'flawed',
    /loopCardinality or a collection/,
  ],
  [
    'output parameters of a multi-instance activity',
    `<task id="flawed">${extension('<camunda:inputOutput><camunda:outputParameter name="x">1</camunda:outputParameter></camunda:inputOutput>')}<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>`,
    'flawed',
    /multi-instance activity without output parameters/,
  ],
  ['several tokens at once', '<task id="flawed" startQuantity="2"/>', 'flawed', /'startQuantity' to be 1, but it is 2/],
  ['a complex gateway', '<complexGateway id="flawed"/>', 'flawed', /'complexGateway' isn't supported/],
  ['a transaction without a start', `<transaction id="flawed"/>`, 'flawed', /exactly one start event/],
  [
    'an invalid expression',
    '<userTask id="flawed" camunda:assignee="${who"/>',
    'flawed',
    /'assignee' to be a valid expression/,
  ],
  [
    'a signal event without a signal',
    '<intermediateCatchEvent id="flawed"><signalEventDefinition/></intermediateCatchEvent>',
    'flawed',
    /reference a signal with a name/,
  ],
  [
    'a catch event without a definition',
    '<intermediateCatchEvent id="flawed"/>',
    'flawed',
    /event definition here: message, timer/,
  ],
  [
    'two event definitions',
    '<intermediateCatchEvent id="flawed"><timerEventDefinition/><messageEventDefinition/></intermediateCatchEvent>',
    'flawed',
    /at most one event definition, but there are 2/,
  ],
  [
    'a timer without a time',
    '<intermediateCatchEvent id="flawed"><timerEventDefinition/></intermediateCatchEvent>',
    'flawed',
    /exactly one of .*, but it has 0/,
  ],
  [
    'a timer with two times',
    '<intermediateCatchEvent id="flawed"><timerEventDefinition><timeDate>2026-01-01</timeDate><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>',
    'flawed',
    /but it has 2/,
  ],
  [
    'a duration that is none',
    `<startEvent id="flawed">${timerEvent('timeDuration', 'one hour')}</startEvent>`,
    'flawed',
    /'one hour'/,
  ],
  [
    'a date that is none',
    `<startEvent id="flawed">${timerEvent('timeDate', 'tomorrow')}</startEvent>`,
    'flawed',
    /'tomorrow'/,
  ],
  [
    'a cycle that is none',
    `<startEvent id="flawed">${timerEvent('timeCycle', 'often')}</startEvent>`,
    'flawed',
    /'often'/,
  ],
  [
    'a retry cycle that is none',
    `<task id="flawed" camunda:asyncBefore="true">${extension('<camunda:failedJobRetryTimeCycle>thrice</camunda:failedJobRetryTimeCycle>')}</task>`,
    'flawed',
    /'thrice'/,
  ],
  [
    'a message event without a message',
    '<intermediateCatchEvent id="flawed"><messageEventDefinition/></intermediateCatchEvent>',
    'flawed',
    /reference a message with a name/,
  ],
  [
    'a reference to a message that is not there',
    `<receiveTask id="flawed" messageRef="nowhere"/>`,
    'flawed',
    /'messageRef' to name a message of this document, but there is no 'nowhere'/,
  ],
  [
    'a boundary event on nothing',
    boundaryEvent('flawed', 'nowhere', timerEvent('timeDuration', 'PT1H')),
    'flawed',
    /'attachedToRef'/,
  ],
  [
    'an error boundary event that does not interrupt',
    `<task id="a"/>\n${boundaryEvent('flawed', 'a', errorEvent(), false)}`,
    'flawed',
    /to interrupt its activity/,
  ],
  ['an event-based gateway with no way', '<eventBasedGateway id="flawed"/>', 'flawed', /an outgoing flow/],
  ['a call to nothing', '<callActivity id="flawed"/>', 'flawed', /'calledElement'/],
  [
    'an unknown binding',
    '<callActivity id="flawed" calledElement="x" camunda:calledElementBinding="newest"/>',
    'flawed',
    /'calledElementBinding' to be .* but it is 'newest'/,
  ],
  [
    'a version that is no number',
    '<callActivity id="flawed" calledElement="x" camunda:calledElementBinding="version" camunda:calledElementVersion="new"/>',
    'flawed',
    /'calledElementVersion' to be a whole number/,
  ],
  [
    'a variable mapping without a target',
    `<callActivity id="flawed" calledElement="x">${extension('<camunda:in source="a"/>')}</callActivity>`,
    'flawed',
    /camunda:in with variables="all", or with a target/,
  ],
  ['a sub-process without a start', '<subProcess id="flawed"/>', 'flawed', /exactly one start event, but it has 0/],
  [
    'a sub-process that starts by a timer',
    `<subProcess id="flawed"><startEvent id="s">${timerEvent('timeDuration', 'PT1H')}</startEvent></subProcess>`,
    'flawed',
    /'s' of a sub-process to be a none start event/,
  ],
  [
    'an event sub-process with flows',
    `${eventSubProcess('flawed', `<startEvent id="e">${errorEvent()}</startEvent>`)}${flow('start', 'flawed')}`,
    'flawed',
    /no sequence flows/,
  ],
  [
    'mappings at a gateway',
    `<exclusiveGateway id="flawed">${extension('<camunda:inputOutput><camunda:inputParameter name="a">b</camunda:inputParameter></camunda:inputOutput>')}</exclusiveGateway>`,
    'flawed',
    /no camunda:inputOutput here/,
  ],
  [
    'mappings at a start event',
    `<startEvent id="flawed">${extension('<camunda:inputOutput><camunda:inputParameter name="a">b</camunda:inputParameter></camunda:inputOutput>')}</startEvent>`,
    'flawed',
    /no camunda:inputOutput here/,
  ],
  ['an exclusive gateway that leads nowhere', '<exclusiveGateway id="flawed"/>', 'flawed', /to have an outgoing flow/],
  [
    'a form field of an unknown type',
    `<userTask id="flawed">${extension('<camunda:formData><camunda:formField id="f" type="colour"/></camunda:formData>')}</userTask>`,
    'flawed',
    /type of a form field to be one of string, long, boolean, date, enum/,
  ],
  [
    'a receive task behind an event-based gateway',
    `<eventBasedGateway id="flawed"/><receiveTask id="r" messageRef="m"/>${flow('flawed', 'r')}`,
    'flawed',
    /to lead to an intermediate catch event/,
  ],
  [
    'an event-based gateway that goes on asynchronously',
    `<eventBasedGateway id="flawed" camunda:asyncAfter="true"/><intermediateCatchEvent id="late">${timerEvent('timeDuration', 'PT1H')}</intermediateCatchEvent>${flow('flawed', 'late')}`,
    'flawed',
    /without 'asyncAfter'/,
  ],
  [
    'outputs at an end event',
    `<endEvent id="flawed">${extension('<camunda:inputOutput><camunda:outputParameter name="a">b</camunda:outputParameter></camunda:inputOutput>')}</endEvent>`,
    'flawed',
    /without output parameters/,
  ],
  [
    'a form with both key and reference',
    '<userTask id="flawed" camunda:formKey="a" camunda:formRef="b" camunda:formRefBinding="latest"/>',
    'flawed',
    /both/,
  ],
  [
    'a performer who is not a person',
    '<userTask id="flawed"><performer id="p"/></userTask>',
    'flawed',
    /humanPerformer/,
  ],
  ['an end event that has a flow out', `<endEvent id="flawed"/>${flow('flawed', 'start')}`, 'flawed', /no outgoing/],
];

describe('a deployment is refused for', () => {
  test.each(flaws)('%s', async (_, content, elementId, reason) => {
    const problems = await refusals(around(content));
    const problem = problems.find((each) => each.elementId === elementId && reason.test(each.message));
    expect(problem, JSON.stringify(problems)).toBeDefined();
    expect(problem?.line).toBeGreaterThanOrEqual(6);
  });

  test('two flows of an exclusive gateway without a condition, and a default with one', async () => {
    const gateway = '<exclusiveGateway id="g"/><task id="a"/><task id="b"/>';
    const open = around(gateway, path('start', 'g') + flow('g', 'a') + flow('g', 'b'));
    expect(await refusals(open)).toMatchObject([
      { elementId: 'g', message: expect.stringMatching(/'g-a' to have a condition/) },
    ]);
    const guarded = around(
      gateway.replace('id="g"', 'id="g" default="g-a"'),
      path('start', 'g') + flow('g', 'a', '${y}') + flow('g', 'b', '${x}'),
    );
    expect(await refusals(guarded)).toMatchObject([
      { elementId: 'g', message: expect.stringMatching(/default flow 'g-a'/) },
    ]);
  });

  test('a condition that is empty, wrong, or in a language that is not run here', async () => {
    const conditional = (attributes: string, text: string) =>
      around(
        '<task id="a"/>',
        `<sequenceFlow id="f" sourceRef="start" targetRef="a">
        <conditionExpression xsi:type="tFormalExpression"${attributes}>${text}</conditionExpression></sequenceFlow>`,
      );
    for (const [attributes, text, reason] of [
      ['', '', /it is empty/],
      ['', '${a ==', /valid condition/],
      [' language="groovy"', 'true', /'groovy'/],
      [' camunda:resource="x.js"', '', /a resource 'x.js' in the deployment/],
    ] as const)
      expect(await refusals(conditional(attributes, text))).toMatchObject([
        { elementId: 'f', message: expect.stringMatching(reason), line: 7 },
      ]);
    expect(await refusals(conditional(' language="javascript"', 'a > 1'.replace('>', '&gt;')))).toEqual([]);
    expect(await refusals(conditional(' language="feel"', 'a = 1'))).toEqual([]);
  });

  test('flows that lead nowhere or out of their scope, and a default that leaves another element', async () => {
    expect(await refusals(around(flow('start', 'nowhere')))).toContainEqual(
      expect.objectContaining({ elementId: 'start-nowhere', line: 6 }),
    );
    const crossing = around(
      subProcess('inner', '<startEvent id="begin"/><task id="a"/>', path('begin', 'a')),
      flow('start', 'a'),
    );
    expect(await refusals(crossing)).toMatchObject([
      { elementId: 'start-a', message: expect.stringMatching(/crosses the border/) },
    ]);
    const foreign = around('<task id="a" default="start-a"/>', flow('start', 'a'));
    expect(await refusals(foreign)).toMatchObject([
      { elementId: 'a', message: expect.stringMatching(/'start-a' to leave 'a'/) },
    ]);
  });

  test('two none start events, or none at all', async () => {
    expect(await refusals(around('<startEvent id="second"/>'))).toMatchObject([
      { elementId: 'order', message: expect.stringMatching(/there are 2/), line: 4 },
    ]);
    expect(await refusals(definitions(process('order', '<task id="a"/>')))).toMatchObject([
      { elementId: 'order', message: expect.stringMatching(/have a start event/) },
    ]);
  });

  test('two events that wait for the same in one place', async () => {
    const twice = around(
      '<userTask id="work"/>',
      boundaryEvent('first', 'work', messageEvent('stop')),
      boundaryEvent('second', 'work', messageEvent('stop')),
      path('start', 'work'),
    ).replace('<process', `${message('stop')}<process`);
    expect(await refusals(twice)).toMatchObject([
      { elementId: 'second', message: expect.stringMatching(/'first' waits for it too/) },
    ]);
  });

  test('a prefix that nobody declares, and a shape of something that is not there', async () => {
    expect(
      await refusals(
        around('')
          .replace(/\s+xmlns:camunda="[^"]*"/, '')
          .replace('<process', '<process camunda:versionTag="1"'),
      ),
    ).toMatchObject([{ message: expect.stringContaining("'camunda'") }]);
    const diagram = `<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmndi:BPMNPlane bpmnElement="order">
      <bpmndi:BPMNShape id="shape" bpmnElement="gone"/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`;
    expect(await refusals(definitions(process('order', start), diagram))).toMatchObject([{ elementId: 'shape' }]);
  });

  test('text that is no BPMN, with the place where it breaks', async () => {
    for (const xml of ['', 'hello', '<a/>', around('<task id="x">'), around('').slice(0, -20)]) {
      const [problem] = await refusals(xml);
      expect(problem).toMatchObject({
        message: expect.any(String),
        line: expect.any(Number),
        column: expect.any(Number),
      });
    }
    expect(await refusals(around('<task id="twice"/><task id="twice"/>'))).toMatchObject([
      { message: expect.stringContaining('duplicate ID <twice>'), line: 6 },
    ]);
    expect(await refusals(around('<tusk id="x"/>'))).toMatchObject([
      { message: expect.stringContaining('tusk'), line: 6 },
    ]);
  });

  test('every problem at once, each with its element and line', async () => {
    const model = around('<complexGateway id="one"/>\n<task id="two" startQuantity="2"/>\n<callActivity id="three"/>');
    const failure = await parsed(model).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ParseError);
    expect((failure as ParseError).problems.map(({ elementId, line, column }) => [elementId, line, column])).toEqual([
      ['one', 6, 1],
      ['two', 7, 1],
      ['three', 8, 1],
    ]);
    expect((failure as ParseError).message).toMatch(/model\.bpmn \| line 6 \| column 1\n.*\n.* line 8/);
  });
});

describe('a deployment accepts', () => {
  test('what is only there for people: lanes, annotations, data, documentation, templates, diagrams', async () => {
    const { processes, warnings } = await parsed(
      definitions(
        `<collaboration id="c"><participant id="bank" processRef="order"/><participant id="customer" processRef="outside"/>
        <messageFlow id="mf" sourceRef="customer" targetRef="work"/></collaboration>`,
        '<process id="outside" isExecutable="false"><startEvent id="x"/><inclusiveGateway id="never"/></process>',
        '<itemDefinition id="item"/><dataStore id="store"/>',
        `<process id="order" name="Order" isExecutable="true" camunda:versionTag="v1" camunda:historyTimeToLive="P30D">
        <documentation>How orders go</documentation>
        <laneSet id="lanes"><lane id="lane" name="Clerks"><flowNodeRef>work</flowNodeRef></lane></laneSet>
        <startEvent id="start"/>
        <userTask id="work" camunda:modelerTemplate="t" camunda:modelerTemplateVersion="3">
          <documentation>Look</documentation>
          <ioSpecification id="io"><inputSet/><outputSet/></ioSpecification>
        </userTask>
        <dataObject id="do"/><dataObjectReference id="dor" dataObjectRef="do"/><dataStoreReference id="dsr" dataStoreRef="store"/>
        ${path('start', 'work')}
        <textAnnotation id="note"><text>Mind this</text></textAnnotation>
        <association id="as" sourceRef="work" targetRef="note"/><group id="g"/>
        </process>`,
      ),
    );
    expect(processes.map(({ key }) => key)).toEqual(['order']);
    expect(warnings).toEqual([]);
    expect(processes[0]).toMatchObject({
      name: 'Order',
      versionTag: 'v1',
      historyTimeToLive: 30,
      documentation: 'How orders go',
      initial: { id: 'start' },
    });
    expect(processes[0]?.elements.get('work')).toMatchObject({ type: 'userTask', documentation: 'Look', line: 12 });
  });

  test('attributes that are not of the dialect, with a warning', async () => {
    const { warnings } = await parsed(around('<task id="work" colour="red"/>', path('start', 'work')));
    expect(warnings).toMatchObject([{ elementId: 'work', message: expect.stringContaining('colour'), line: 6 }]);
  });

  test('what Camunda does not read at such an element either, with a warning', async () => {
    const { warnings } = await parsed(
      around(
        `<task id="work" camunda:assigne="anna">${extension('<camunda:connector/>')}</task>`,
        path('start', 'work'),
      ).replace('isExecutable', 'camunda:asyncBefore="true" isExecutable'),
    );
    expect(warnings.map(({ elementId, message }) => `${elementId}: ${message}`)).toEqual([
      expect.stringContaining('camunda:asyncBefore'),
      expect.stringContaining('camunda:assigne'),
      expect.stringContaining('camunda:Connector'),
    ]);
  });

  test('references by qualified names, and errors by their code', async () => {
    const model = definitions(
      message('new'),
      process(
        'order',
        `<startEvent id="start"><messageEventDefinition messageRef="tns:new"/></startEvent>`,
        `<endEvent id="end"><errorEventDefinition errorRef="broke"/></endEvent>`,
        path('start', 'end'),
      ),
    );
    const [order] = (await parsed(model)).processes;
    expect(order?.startTriggers).toMatchObject([{ kind: 'message', messageName: { source: 'new' } }]);
    expect(order?.elements.get('end')?.config).toMatchObject({ errorCode: 'broke' });
  });

  test('scripts in files of the deployment', async () => {
    const task =
      '<scriptTask id="sum" scriptFormat="javascript" camunda:resource="deployment://sum.js" camunda:resultVariable="total"/>';
    const engine = await processTest();
    await engine.deploy({
      'order.bpmn': around(task, '<userTask id="after"/>', path('start', 'sum', 'after')),
      'sum.js': '1 + 2',
    });
    expect(engine.start('order').variables()).toEqual({ total: 3 });
  });

  test('a pool that is only drawn, whatever is wrong with it', async () => {
    const drawn =
      '<process id="drawn"><task id="a" camunda:colour="red"/><sequenceFlow id="f" sourceRef="a" targetRef="gone"/></process>';
    expect((await parsed(definitions(drawn, process('order', start)))).processes.map(({ key }) => key)).toEqual([
      'order',
    ]);
  });

  test('a document without an executable process, which deploys nothing', async () => {
    expect((await parsed(definitions('<process id="p"><startEvent id="s"/></process>'))).processes).toEqual([]);
  });

  test('the same dialect under the name that Operaton gives it', async () => {
    const xml = around('<userTask id="work" camunda:assignee="anna"/>', path('start', 'work')).replace(
      'http://camunda.org/schema/1.0/bpmn',
      'http://operaton.org/schema/1.0/bpmn',
    );
    expect((await parsed(xml)).processes[0]?.elements.get('work')?.config).toMatchObject({
      assignee: { source: 'anna' },
    });
  });

  test('prefixes of any name, and expressions without a type', async () => {
    const xml = `<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
      <b:process id="p" isExecutable="true"><b:startEvent id="s"/><b:userTask id="u" c:assignee="anna"/>
      <b:sequenceFlow id="f" sourceRef="s" targetRef="u"><b:conditionExpression>\${true}</b:conditionExpression></b:sequenceFlow>
      </b:process></b:definitions>`;
    const [model] = (await parsed(xml)).processes;
    expect(model?.elements.get('u')?.config).toMatchObject({ assignee: { source: 'anna' } });
    expect(model?.elements.get('s')?.outgoing[0]?.condition).toBeTypeOf('function');
  });
});

test('a model tells what it calls, which topics and jobs it has, and how it starts', async () => {
  const { processes } = await parsed(
    definitions(
      message('new'),
      error('broke'),
      process(
        'order',
        `<startEvent id="start" camunda:formKey="order-form"/><startEvent id="byMessage">${messageEvent('new')}</startEvent>`,
        externalTask('charge'),
        externalTask('ship', '${carrier}'),
        '<callActivity id="check" calledElement="check" camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="v2"/>',
        '<callActivity id="any" calledElement="${which}"/>',
        '<businessRuleTask id="rate" camunda:decisionRef="risk" camunda:decisionRefBinding="version" camunda:decisionRefVersion="3"/>',
        '<task id="slow" camunda:asyncBefore="true" camunda:asyncAfter="true"/>',
        boundaryEvent('late', 'charge', timerEvent('timeDuration', 'PT1H')),
        path('start', 'charge', 'ship', 'check', 'any', 'rate', 'slow') + flow('byMessage', 'charge'),
      ),
    ),
  );
  const [model] = processes;
  expect(model?.topics).toEqual([
    { elementId: 'charge', topic: 'charge' },
    { elementId: 'ship', topic: null },
  ]);
  expect(model?.callReferences).toMatchObject([
    {
      elementId: 'check',
      kind: 'process',
      key: 'check',
      binding: { kind: 'versionTag', versionTag: { source: 'v2' } },
    },
    { elementId: 'any', kind: 'process', key: null, binding: { kind: 'default' } },
    { elementId: 'rate', kind: 'decision', key: 'risk', binding: { kind: 'version', version: 3 } },
  ]);
  expect(model?.jobDefinitions).toEqual([
    { elementId: 'slow', type: 'async-continuation', configuration: 'async-before' },
    { elementId: 'slow', type: 'async-continuation', configuration: 'async-after' },
    { elementId: 'late', type: 'timer-transition', configuration: 'DURATION: PT1H' },
  ]);
  expect(model?.startTriggers).toMatchObject([
    { kind: 'message', elementId: 'byMessage', messageName: { source: 'new' } },
  ]);
  expect(model?.startForm).toMatchObject({ kind: 'key', key: { source: 'order-form' } });
});
