import { useMemo, useState } from 'react';
import { activityStatistics, getDefinitionXml } from '../api/definitions.js';
import {
  type DryRun,
  dryRunMigration,
  generatePlan,
  type MigrationPlan,
  type Skips,
  validatePlan,
} from '../api/migration.js';
import type { ProcessDefinition } from '../api/types.js';
import { badgesOfStatistics } from '../cockpit/activity-statistics.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { useAction } from '../ui/use-action.js';
import { usePolling } from '../ui/use-polling.js';
import { DiagramPair } from './diagram-pair.js';
import { DryRunResult } from './dry-run-result.js';
import { elementIdOf, flowNodes } from './flow-nodes.js';
import { instructionsOf, isValid, type PlanRow, rowsOf, withTarget, withUnmapped } from './plan-rows.js';
import { PlanTable } from './plan-table.js';
import { RunSection } from './run-section.js';
import { savePlan } from './save-plan.js';

const REFRESH_MS = 3_000;

interface MigrationViewProps {
  source: ProcessDefinition;
  target: ProcessDefinition;
  /** From a file; without it the plan is generated. */
  opened: MigrationPlan | null;
}

/** One plan in the making: diagrams, mapping, dry run, run. */
export function MigrationView({ source, target, opened }: MigrationViewProps) {
  const [edited, setEdited] = useState<readonly PlanRow[] | null>(null);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [allowInactiveTarget, setAllowInactiveTarget] = useState(opened?.allowInactiveTarget ?? false);
  const [skips, setSkips] = useState<Skips>({ skipCustomListeners: false, skipIoMappings: false });
  const [tried, setTried] = useState<{ key: string; result: DryRun } | null>(null);
  const { isBusy, run } = useAction();

  const sourceXml = usePolling(`xml ${source.id}`, (signal) => getDefinitionXml(source.id, signal));
  const targetXml = usePolling(`xml ${target.id}`, (signal) => getDefinitionXml(target.id, signal));
  const statistics = usePolling(
    `statistics ${source.id}`,
    (signal) => activityStatistics(source.id, signal),
    REFRESH_MS,
  );
  const generated = usePolling(`generated plan ${source.id} ${target.id}`, (signal) =>
    opened === null ? generatePlan(source.id, target.id, signal) : Promise.resolve(opened),
  );
  const badges = useMemo(() => badgesOfStatistics(statistics.data ?? []), [statistics.data]);
  const sourceNodes = useMemo(() => flowNodes(sourceXml.data ?? '<empty/>'), [sourceXml.data]);
  const targetNodes = useMemo(() => flowNodes(targetXml.data ?? '<empty/>'), [targetXml.data]);
  const rows = useMemo(() => {
    const occupied = new Set(badges.map(({ activityId }) => activityId));
    const shown = sourceNodes.filter(({ id, canWait }) => canWait || occupied.has(id)).map(({ id }) => id);
    return withUnmapped(edited ?? rowsOf(generated.data?.instructions ?? []), shown);
  }, [edited, generated.data, sourceNodes, badges]);

  const plan: MigrationPlan | null = generated.data && {
    sourceProcessDefinitionId: source.id,
    targetProcessDefinitionId: target.id,
    instructions: instructionsOf(rows),
    ...(opened?.variables && { variables: opened.variables }),
    ...(allowInactiveTarget && { allowInactiveTarget }),
  };
  const planText = JSON.stringify(plan);
  const validation = usePolling(`validation ${planText}`, (signal) =>
    plan === null ? Promise.resolve(null) : validatePlan(plan, signal),
  );

  const error = sourceXml.error ?? targetXml.error ?? generated.error;
  if (error !== null) return <ErrorNote error={error} />;
  if (plan === null || sourceXml.data === null || targetXml.data === null) return <Loading />;

  const report = validation.data;
  const selectedIndex = rows.findIndex(({ sourceId }) => sourceId === selectedId);
  const selected = rows[selectedIndex] ?? null;
  const tryKey = JSON.stringify([plan, skips]);
  const change = (index: number, row: PlanRow) => setEdited(rows.map((old, at) => (at === index ? row : old)));
  const selectElement = (elementId: string | null) => {
    const row = rows.find(({ sourceId }) => elementId !== null && elementIdOf(sourceId) === elementId);
    setSelectedId(row?.sourceId ?? null);
  };
  const tryOut = () => run(async () => setTried({ key: tryKey, result: await dryRunMigration(plan, skips) }));
  const variables = Object.keys(plan.variables ?? {});
  const targetFailures = report?.targetFailures ?? [];

  return (
    <>
      <DiagramPair
        source={{ definition: source, xml: sourceXml.data, nodes: sourceNodes, badges }}
        target={{ definition: target, xml: targetXml.data, nodes: targetNodes }}
        selected={selected}
        onSelect={selectElement}
        onMap={(targetId) => {
          if (selected !== null) change(selectedIndex, withTarget(selected, 0, targetId));
        }}
      />
      <section aria-label="Mapping">
        <div className="toolbar">
          <h2>Mapping</h2>
          <span className="faint">
            {opened === null ? 'generated from what both versions have in common' : 'from a file'}
          </span>
          <span className="spacer" />
          <button
            type="button"
            className="button button--small"
            disabled={edited === null}
            data-testid="plan-reset"
            onClick={() => setEdited(null)}
          >
            Discard my changes
          </button>
          <button
            type="button"
            className="button button--small"
            data-testid="save-plan"
            onClick={() => savePlan(source, target, plan)}
          >
            Save the plan…
          </button>
        </div>
        <PlanTable
          rows={rows}
          sourceNodes={sourceNodes}
          targetNodes={targetNodes}
          badges={badges}
          report={report}
          selectedId={selectedId}
          onSelect={setSelectedId}
          onChange={change}
        />
        {variables.length > 0 && (
          <p className="faint">The plan sets {variables.join(', ')} in every instance that migrates.</p>
        )}
        {validation.error !== null && <ErrorNote error={validation.error} />}
        {Object.entries(report?.variableReports ?? {}).map(([name, { failures }]) => (
          <ErrorNote key={name} error={new Error(`Variable “${name}”: ${failures.join('; ')}`)} />
        ))}
        {targetFailures.map((failure) => (
          <ErrorNote key={failure} error={new Error(failure)} />
        ))}
        {(targetFailures.length > 0 || allowInactiveTarget) && (
          <label className="check">
            <input
              type="checkbox"
              checked={allowInactiveTarget}
              data-testid="allow-inactive-target"
              onChange={({ target: box }) => setAllowInactiveTarget(box.checked)}
            />
            Migrate into this version although it takes no new instances
          </label>
        )}
      </section>
      <section aria-label="Dry run">
        <div className="toolbar">
          <h2>Dry run</h2>
          <button
            type="button"
            className="button button--primary"
            data-testid="dry-run"
            disabled={isBusy || report === null || !isValid(report)}
            onClick={() => void tryOut()}
          >
            {isBusy ? 'Trying…' : 'Try it on all instances'}
          </button>
          <SkipChoices skips={skips} onChange={setSkips} />
        </div>
        {report !== null && !isValid(report) && (
          <p className="note">The plan isn’t valid yet: see what stands beside its rows.</p>
        )}
        {tried !== null && tried.key !== tryKey && (
          <p className="note" data-testid="dry-run-stale">
            The plan has changed since this dry run.
          </p>
        )}
        {tried !== null && (
          <DryRunResult
            dryRun={tried.result}
            labelOf={(id) =>
              sourceNodes.find((node) => node.id === id)?.label ?? (id === source.key ? 'The process' : id)
            }
            targetLabelOf={(id) => targetNodes.find((node) => node.id === id)?.label ?? null}
            onSelect={(id) => selectElement(elementIdOf(id))}
          />
        )}
      </section>
      <RunSection
        plan={plan}
        skips={skips}
        counts={tried !== null && tried.key === tryKey ? tried.result.counts : null}
        onStart={() => setTried(null)}
        onEnd={() => void statistics.reload()}
      />
    </>
  );
}

function SkipChoices({ skips, onChange }: { skips: Skips; onChange(skips: Skips): void }) {
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={skips.skipCustomListeners}
          data-testid="skip-custom-listeners"
          onChange={({ target }) => onChange({ ...skips, skipCustomListeners: target.checked })}
        />
        Skip listeners
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={skips.skipIoMappings}
          data-testid="skip-io-mappings"
          onChange={({ target }) => onChange({ ...skips, skipIoMappings: target.checked })}
        />
        Skip input and output mappings
      </label>
    </>
  );
}
