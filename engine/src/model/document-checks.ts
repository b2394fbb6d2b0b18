import { type ModdleElement, many, tagOf } from './moddle.js';
import type { ParseContext } from './parse-context.js';

/** What the document itself must keep to, whatever its processes do. */
export function checkDocument(definitions: ModdleElement, context: ParseContext): void {
  for (const element of many(definitions, 'rootElements'))
    if (element.id === undefined && referable.has(element.$type))
      context.refuseAt(`Expected every ${tagOf(element)} to have an id`);
  for (const imported of many(definitions, 'imports'))
    context.refuse(
      definitions,
      `Expected a document without imports, but it imports '${String(imported.get('location'))}'`,
    );
  for (const diagram of many(definitions, 'diagrams')) checkDiagram(diagram, context);
}

const referable = new Set(['bpmn:Message', 'bpmn:Signal', 'bpmn:Error', 'bpmn:Escalation']);

function checkDiagram(diagram: ModdleElement, context: ParseContext): void {
  const plane = diagram.get('plane') as ModdleElement | undefined;
  for (const drawn of plane ? many(plane, 'planeElement') : [])
    if (drawn.get('bpmnElement') === undefined && context.danglingReference(drawn, 'bpmnElement') === null)
      context.refuse(drawn, `Expected every ${tagOf(drawn)} to say by 'bpmnElement' what it shows`);
}
