import {
  type DecisionModel,
  InvalidCommandError,
  type Problem,
  type ProcessModel,
  parseBpmn,
  parseDecisions,
  type ScriptHost,
} from '@millrace/engine';
import { findDiagram, resourceKind, rootAttribute } from './resource-kind.js';

export interface DeployedResource {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ParsedProcess {
  readonly model: ProcessModel;
  readonly resourceName: string;
  readonly diagramResourceName: string | null;
  readonly category: string | null;
}

export interface ParsedDecision {
  readonly model: DecisionModel;
  readonly resourceName: string;
  readonly category: string | null;
}

export interface ParsedResources {
  readonly processes: readonly ParsedProcess[];
  readonly decisions: readonly ParsedDecision[];
  readonly warnings: readonly ResourceWarning[];
}

export type ResourceWarning = Problem & { readonly resourceName: string };

/** @throws ParseError of the first model that can't be executed; InvalidCommandError when a key comes twice */
export async function parseResources(
  resources: readonly DeployedResource[],
  scripts: ScriptHost,
): Promise<ParsedResources> {
  const names = new Set(resources.map(({ name }) => name));
  const processes: ParsedProcess[] = [];
  const decisions: ParsedDecision[] = [];
  const warnings: ResourceWarning[] = [];
  const texts = new Map(resources.map(({ name, bytes }) => [name, bytes]));
  const readText = (name: string) => {
    const bytes = texts.get(name);
    return bytes && Buffer.from(bytes).toString('utf8');
  };
  for (const { name: resourceName, bytes } of resources) {
    const kind = resourceKind(resourceName);
    if (kind === 'other') continue;
    const xml = Buffer.from(bytes).toString('utf8');
    if (kind === 'process') {
      const parsed = await parseBpmn(xml, resourceName, scripts, readText);
      const category = rootAttribute(xml, 'targetNamespace');
      for (const model of parsed.processes)
        processes.push({
          model,
          resourceName,
          category,
          diagramResourceName: findDiagram(resourceName, model.key, names),
        });
      for (const warning of parsed.warnings) warnings.push({ ...warning, resourceName });
    } else {
      const category = rootAttribute(xml, 'namespace');
      for (const model of await parseDecisions(xml, resourceName)) decisions.push({ model, resourceName, category });
    }
  }
  refuseDuplicates('process', processes);
  refuseDuplicates('decision', decisions);
  return { processes, decisions, warnings };
}

function refuseDuplicates(kind: string, parsed: readonly (ParsedProcess | ParsedDecision)[]): void {
  const seen = new Map<string, string>();
  for (const { model, resourceName } of parsed) {
    const other = seen.get(model.key);
    if (other !== undefined)
      throw new InvalidCommandError(
        `Expected every ${kind} of a deployment to have an id of its own, but '${model.key}' is in '${other}' and in '${resourceName}'`,
      );
    seen.set(model.key, resourceName);
  }
}
