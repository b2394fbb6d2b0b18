import { type DryRun, type InstanceState, type SignaturePart, stateSignature, type Verdict } from '@millrace/engine';
import type { MigrationDryRunDto } from './migration.dto.js';
import { toInstanceReportDto } from './migration-reports.js';

/** Instances that a group names; of the others only their number is kept, so that memory doesn't grow with them. */
const MAX_IDS = 10;
const ORDER: readonly Verdict[] = ['refused', 'attention', 'clean'];

type GroupDto = MigrationDryRunDto['groups'][number];
type ReasonDto = GroupDto['reasons'][number];

interface Group extends Omit<GroupDto, 'reasons'> {
  readonly reasons: Map<string, ReasonDto>;
}

/** Verdicts of instances that stand in the same place and fare alike, gathered. */
export class DryRunGroups {
  private readonly groups = new Map<string, Group>();
  readonly topics = new Set<string>();

  add(state: InstanceState, { verdict, findings, report, after }: DryRun): void {
    const group = this.group(verdict, stateSignature(state));
    count(group, state.id);
    group.validationReport ??= report && toInstanceReportDto(report);
    // An instance counts once for each reason, in how many places ever it has it.
    const seen = new Set<string>();
    for (const { code, elementId, message } of findings) {
      const key = `${code} ${elementId}`;
      const reason = group.reasons.get(key) ?? { code, elementId, message, count: 0 };
      group.reasons.set(key, reason);
      if (!seen.has(key)) reason.count++;
      seen.add(key);
    }
    for (const { externalTask } of after?.nodes.values() ?? [])
      if (externalTask) this.topics.add(externalTask.topicName);
  }

  /** One that was chosen by its id and isn't there. */
  addMissing(id: string): void {
    const group = this.group('refused', []);
    count(group, id);
    const message = `Expected process instance '${id}' to exist, but there is none`;
    const reason = group.reasons.get('not-found') ?? { code: 'not-found', elementId: null, message, count: 0 };
    group.reasons.set('not-found', reason);
    reason.count++;
  }

  toDto(topicsWithoutWorker: readonly string[]): MigrationDryRunDto {
    const groups = [...this.groups.values()].sort(
      (a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.count - a.count,
    );
    const sum = (verdict: Verdict) =>
      groups.filter((group) => group.verdict === verdict).reduce((total, { count: each }) => total + each, 0);
    return {
      counts: { clean: sum('clean'), attention: sum('attention'), refused: sum('refused') },
      groups: groups.map(({ reasons, ...group }) => ({ ...group, reasons: [...reasons.values()] })),
      topicsWithoutWorker: [...topicsWithoutWorker].sort(),
    };
  }

  private group(verdict: Verdict, signature: readonly SignaturePart[]): Group {
    const key = `${verdict} ${JSON.stringify(signature)}`;
    const known = this.groups.get(key);
    if (known) return known;
    const parts = signature.map(({ waitsFor, ...part }) => ({ ...part, waitsFor: [...waitsFor] }));
    const reasons = new Map<string, ReasonDto>();
    const group = { verdict, signature: parts, count: 0, instanceIds: [], reasons, validationReport: null };
    this.groups.set(key, group);
    return group;
  }
}

function count(group: Group, id: string): void {
  group.count++;
  if (group.instanceIds.length < MAX_IDS) group.instanceIds.push(id);
}
