import type { DeploymentPolicy, PolicyChoice } from '../api/deployment-policy.js';

const POLICIES: Readonly<Record<DeploymentPolicy, string>> = {
  manual: 'Stay where they are; new ones start at this version',
  drain: 'End on their version, where none can start any more',
  'auto-compatible': 'Move to this version where they fit',
  canary: 'Stay; a share of the new ones tries this version',
};

/** What becomes of instances when the version is deployed. */
export function PolicyFields({ choice, onChange }: { choice: PolicyChoice; onChange(choice: PolicyChoice): void }) {
  return (
    <>
      <label className="field">
        <span>Running instances</span>
        <select
          data-testid="deploy-policy"
          value={choice.policy}
          onChange={({ target }) => onChange({ ...choice, policy: target.value as DeploymentPolicy })}
        >
          {Object.entries(POLICIES).map(([policy, text]) => (
            <option key={policy} value={policy}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {choice.policy === 'canary' && (
        <label className="field">
          <span>Percent of the new instances</span>
          <input
            type="number"
            min={1}
            max={99}
            step={1}
            data-testid="deploy-canary-percent"
            value={Number.isNaN(choice.canaryPercent) ? '' : choice.canaryPercent}
            onChange={({ target }) => onChange({ ...choice, canaryPercent: target.valueAsNumber })}
          />
        </label>
      )}
    </>
  );
}
