import { describe, expect, test } from 'vitest';
import { definitions, deployed, path, process, refusals } from '../spec-support/models.js';

const rule = (attributes: string) =>
  process(
    'loan',
    '<startEvent id="start"/>',
    `<businessRuleTask id="classify"${attributes}/>`,
    '<userTask id="after"/>',
    path('start', 'classify', 'after'),
  );

/** A decision with one rule that matches: the class for the score. */
async function withDecision(attributes: string, model = rule(attributes)) {
  const engine = await deployed(model);
  engine.host.decisions.set('risk', {
    key: 'risk',
    evaluate: (variables) => ({
      rules: [{ class: { type: 'String', value: Number(variables.get('score')?.value) > 600 ? 'low' : 'high' } }],
    }),
  });
  return engine;
}

describe('a business rule task', () => {
  test('evaluates a decision over the variables and keeps its result', async () => {
    const engine = await withDecision(
      ' camunda:decisionRef="risk" camunda:mapDecisionResult="singleEntry" camunda:resultVariable="class"',
    );
    expect(engine.start('loan', { score: 700 }).variables()).toEqual({ score: 700, class: 'low' });
    expect(engine.start('loan', { score: 500 }).variables()).toEqual({ score: 500, class: 'high' });
  });

  test('leaves its result to listeners, outputs and scripts until it has ended', async () => {
    const seen = `<extensionElements>
      <camunda:executionListener event="end" expression="\${execution.setVariable('heard', decisionResult.getSingleEntry())}"/>
      <camunda:executionListener event="end"><camunda:script scriptFormat="javascript">execution.setVariable('scripted', decisionResult.getSingleResult().get('class') + decisionResult.size())</camunda:script></camunda:executionListener>
      <camunda:inputOutput><camunda:outputParameter name="mapped">\${decisionResult.firstResult.class}</camunda:outputParameter></camunda:inputOutput>
    </extensionElements>`;
    const model = rule(' camunda:decisionRef="risk"').replace(
      'decisionRef="risk"/>',
      `decisionRef="risk">${seen}</businessRuleTask>`,
    );
    const engine = await withDecision('', model);
    const { score: _, ...rest } = engine.start('loan', { score: 700 }).variables();
    expect(rest).toEqual({ heard: 'low', scripted: 'low1', mapped: 'low' });
  });

  test('names the version of its decision by a tag, and whose it is', async () => {
    const engine = await withDecision(
      ' camunda:decisionRef="risk" camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="${tag}" camunda:decisionRefTenantId="${tenant}"',
    );
    expect(engine.start('loan', { score: 1, tag: 'v1', tenant: 'bank' }).waitingAt()).toEqual(['after']);
  });

  test('finds its decision by an expression', async () => {
    const engine = await withDecision(' camunda:decisionRef="${table}"');
    expect(engine.start('loan', { table: 'risk', score: 1 }).waitingAt()).toEqual(['after']);
    expect(() => engine.start('loan', { table: 'other' })).toThrow(/'other'/);
    expect(() => engine.start('loan', { table: null })).toThrow(/to have a key/);
  });

  test('can be done by a worker instead', async () => {
    const engine = await deployed(rule(' camunda:type="external" camunda:topic="rules"'));
    const loan = engine.start('loan');
    loan.completeExternalTask('rules', { class: 'low' });
    expect(loan.waitingAt()).toEqual(['after']);
  });

  test('is refused when it names no decision, or an unknown way to map its result', async () => {
    expect(await refusals(definitions(rule('')))).toMatchObject([
      { elementId: 'classify', message: expect.stringContaining('decisionRef') },
    ]);
    const wrong = definitions(rule(' camunda:decisionRef="risk" camunda:mapDecisionResult="first"'));
    expect(await refusals(wrong)).toMatchObject([
      { elementId: 'classify', message: expect.stringContaining("'first'") },
    ]);
  });
});
