const STEP = 160;

/**
 * A process of user tasks, one after the other, with its diagram.
 * @param tasks id → name
 */
export function taskSequence(key: string, tasks: Record<string, string>): string {
  const ids = ['start', ...Object.keys(tasks), 'end'];
  const flows = ids.slice(1).map((target, index) => ({ id: `to_${target}`, source: ids[index] ?? '', target }));
  const middleOf = (id: string) => 150 + STEP * ids.indexOf(id);
  const size = (id: string) => (id in tasks ? { width: 100, height: 80 } : { width: 36, height: 36 });
  const shape = (id: string) => {
    const { width, height } = size(id);
    return `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${middleOf(id) - width / 2}" y="${140 - height / 2}" width="${width}" height="${height}" /></bpmndi:BPMNShape>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="e2e">
  <process id="${key}" name="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="start" />
    ${Object.entries(tasks)
      .map(([id, name]) => `<userTask id="${id}" name="${name}" />`)
      .join('\n    ')}
    <endEvent id="end" />
    ${flows.map(({ id, source, target }) => `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}" />`).join('\n    ')}
  </process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="${key}">
    ${ids.map(shape).join('\n    ')}
    ${flows
      .map(
        ({ id, source, target }) =>
          `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}"><di:waypoint x="${middleOf(source) + size(source).width / 2}" y="140" /><di:waypoint x="${middleOf(target) - size(target).width / 2}" y="140" /></bpmndi:BPMNEdge>`,
      )
      .join('\n    ')}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;
}
