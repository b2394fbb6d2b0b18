import { type DecisionResult, EvaluationError, type TypedValue, type Variables } from '@millrace/engine';
import { Injectable } from '@nestjs/common';
import { DefinitionCache } from '../deployment/definition-cache.js';
import { noSuchResource, RestError } from '../http/rest-error.js';
import { toVariables, toVariableValues } from '../http/variable-value.js';
import { Database } from '../persistence/database.js';
import type { DefinitionReference } from '../process-definition/definition-reference.js';
import type { DecisionDefinitionDiagramDto, EvaluateDecisionDto } from './decision-definition.dto.js';
import { DecisionDefinitionQueries } from './decision-definition.query.js';

@Injectable()
export class DecisionDefinitionService {
  constructor(
    private readonly database: Database,
    private readonly queries: DecisionDefinitionQueries,
    private readonly cache: DefinitionCache,
  ) {}

  /** What the decision says of the variables, one object per matched rule. @throws EvaluationError naming the rule and cell */
  async evaluate(reference: DefinitionReference, body: EvaluateDecisionDto) {
    const variables = toVariables(body.variables) ?? {};
    const { id } = await this.queries.find(reference);
    const { decision } = await this.cache.decision(id);
    const readable = {
      get: (name: string): TypedValue | undefined => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      names: () => Object.keys(variables),
    };
    let result: DecisionResult;
    try {
      result = decision.evaluate(readable, new Date());
    } catch (error) {
      // here it's the client who gave the variables
      if (!(error instanceof EvaluationError)) throw error;
      throw new RestError(400, 'ProcessEngineException', error.message, 0);
    }
    return rulesOf(result).map((rule) => toVariableValues(rule, { deserialize: true }));
  }

  /** The DMN resource as text. */
  async xml(reference: DefinitionReference): Promise<DecisionDefinitionDiagramDto> {
    const definition = await this.queries.find(reference);
    const bytes = await this.queries.resource(definition);
    if (!bytes) throw noSuchResource(`The resource '${definition.resourceName}' of ${definition.id} does not exist`);
    return { id: definition.id, dmnXml: bytes.toString('utf8') };
  }

  async setHistoryTimeToLive(reference: DefinitionReference, days: number | null): Promise<void> {
    if (days !== null && days < 0)
      throw new RestError(400, 'BadUserRequestException', `historyTimeToLive must not be negative, but is ${days}`, 0);
    const { id } = await this.queries.find(reference);
    await this.database.query('UPDATE decision_definition SET history_time_to_live = $2 WHERE id = $1', [id, days]);
  }
}

/** A table that collects into one value has one output, whose name the matched rules tell. */
function rulesOf({ rules, aggregated }: DecisionResult): readonly Variables[] {
  const [name] = Object.keys(rules[0] ?? {});
  return aggregated && name !== undefined ? [{ [name]: aggregated }] : rules;
}
