/** A BPMN document around the inside of one process. */
export function bpmn(id: string, inside: string, attributes = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="http://example.org/tests">
  <bpmn:process id="${id}" isExecutable="true" camunda:historyTimeToLive="30" ${attributes}>
    ${inside}
  </bpmn:process>
  <bpmn:message id="order" name="order placed" />
</bpmn:definitions>`;
}

/** Elements one after the other, joined by sequence flows; each is `<bpmn:tag id="…" … />` or has content. */
export function sequence(...elements: string[]): string {
  const ids = elements.map((element) => /\bid="([^"]+)"/.exec(element)?.[1] ?? '');
  const flows = ids
    .slice(1)
    .map((id, index) => `<bpmn:sequenceFlow id="to-${id}" sourceRef="${ids[index]}" targetRef="${id}" />`);
  return [...elements, ...flows].join('\n    ');
}

export const START = '<bpmn:startEvent id="start" />';
export const END = '<bpmn:endEvent id="end" />';
export const USER_TASK = '<bpmn:userTask id="task" name="Look at it" />';

export function messageStart(): string {
  return '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="m" messageRef="order" /></bpmn:startEvent>';
}

export function timerStart(cycle: string): string {
  return `<bpmn:startEvent id="start"><bpmn:timerEventDefinition id="t"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">${cycle}</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>`;
}

export function files(...resources: [name: string, content: string][]) {
  return resources.map(([name, content]) => ({ name, bytes: Buffer.from(content) }));
}

/** A decision table without inputs that always says the same. */
export function dmn(id: string, says: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions" name="definitions" namespace="http://example.org/decisions">
  <decision id="${id}" name="Greeting">
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="input"><inputExpression id="expression" typeRef="string"><text>"any"</text></inputExpression></input>
      <output id="output" name="said" typeRef="string" />
      <rule id="rule"><inputEntry id="entry"><text></text></inputEntry><outputEntry id="answer"><text>"${says}"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>`;
}
