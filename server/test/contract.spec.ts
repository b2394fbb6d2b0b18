import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DecisionDefinitionController } from '../src/decision-definition/decision-definition.controller.js';
import { DeploymentController } from '../src/deployment/deployment.controller.js';
import { EngineController } from '../src/engine/engine.controller.js';
import { EventSubscriptionController } from '../src/event-subscription/event-subscription.controller.js';
import { ExecutionController } from '../src/execution/execution.controller.js';
import { buildOpenApi } from '../src/http/openapi.js';
import { MessageController } from '../src/message/message.controller.js';
import { ProcessDefinitionController } from '../src/process-definition/process-definition.controller.js';
import { ProcessInstanceController } from '../src/process-instance/process-instance.controller.js';
import { VersionController } from '../src/version/version.controller.js';

/** `METHOD path operationId` of every operation that Camunda 7 has on these resources. */
const CONTRACT: readonly string[] = JSON.parse(
  readFileSync(new URL('./fixtures/contract-operations.json', import.meta.url), 'utf8'),
);

/** What needs migration's machinery (modification, restart) or batches. */
const NOT_YET =
  /(modification|modification-async|restart|restart-async|create-incident|-async|-query-based|\/delete|job-retries) /;

const document = buildOpenApi([
  DecisionDefinitionController,
  DeploymentController,
  EngineController,
  EventSubscriptionController,
  ExecutionController,
  MessageController,
  ProcessDefinitionController,
  ProcessInstanceController,
  VersionController,
]);
const served = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(
    ([method, { operationId }]) => `${method.toUpperCase()} ${path.replace('/engine-rest', '')} ${operationId}`,
  ),
);

test('every operation has the address and the name that the contract gives it', () => {
  expect(served.filter((operation) => !CONTRACT.includes(operation))).toEqual([]);
});

test('every operation of the contract is there, but for those that come with migration and batches', () => {
  expect(CONTRACT.filter((operation) => !served.includes(operation) && !NOT_YET.test(operation))).toEqual([]);
});

test('no two operations have the same name', () => {
  const names = served.map((operation) => operation.split(' ')[2]);
  expect(names.length).toBe(new Set(names).size);
});

test('what the description refers to is in it', () => {
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/#\/components\/schemas\/([^"]+)/g))
    expect(document.components.schemas).toHaveProperty(String(name));
  expect(text).not.toContain('"$id"');
});
