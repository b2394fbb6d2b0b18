import { type PolicyChoice, policyFields } from './deployment-policy.js';
import { ApiError, get, requestBlob, requestJson } from './http.js';
import type { Deployment, DeploymentResource, DeploymentWithDefinitions, ParseExceptionBody } from './types.js';

export interface DeploymentFile {
  name: string;
  content: Blob;
}

const path = (id: string) => `/deployment/${encodeURIComponent(id)}`;

/** Stores the files as one deployment. @throws ApiError; of type ParseException with `details` when a file is refused */
export function createDeployment(
  name: string,
  files: readonly DeploymentFile[],
  policy: PolicyChoice,
): Promise<DeploymentWithDefinitions> {
  const form = new FormData();
  form.set('deployment-name', name);
  form.set('deployment-source', 'millrace modeler');
  // An analyst who presses "deploy" expects a new version, even of an unchanged diagram.
  form.set('enable-duplicate-filtering', 'false');
  for (const [field, value] of Object.entries(policyFields(policy))) form.set(field, value);
  for (const file of files) form.set(file.name, file.content, file.name);
  return requestJson('POST', '/deployment/create', { body: form });
}

/** The server's report about refused files, or null when the error is of another kind. */
export function parseExceptionOf(error: unknown): ParseExceptionBody | null {
  if (!(error instanceof ApiError) || error.type !== 'ParseException') return null;
  const body = error.body as Partial<ParseExceptionBody>;
  return { type: error.type, message: error.message, details: body.details ?? null };
}

export const getDeployment = (id: string, signal?: AbortSignal) => get<Deployment>(path(id), {}, signal);

export const listResources = (deploymentId: string, signal?: AbortSignal) =>
  get<DeploymentResource[]>(`${path(deploymentId)}/resources`, {}, signal);

export const getResource = (deploymentId: string, resourceId: string, signal?: AbortSignal) =>
  requestBlob(`${path(deploymentId)}/resources/${encodeURIComponent(resourceId)}/data`, signal);
