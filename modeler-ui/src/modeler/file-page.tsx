import './modeler.css';
import { Suspense, useMemo } from 'react';
import { Link, useParams } from 'react-router-dom';
import { getDeployment, getResource, listResources } from '../api/deployments.js';
import { Diagram } from '../bpmn/diagram.js';
import type { FormSchema } from '../forms/form-variables.js';
import { LazyFormView } from '../forms/lazy-form-view.js';
import { download } from '../ui/download.js';
import { formatDate } from '../ui/format.js';
import { ErrorNote, Loading } from '../ui/page-state.js';
import { usePolling } from '../ui/use-polling.js';

const NO_DATA = {};

/** One file of a deployment: forms as forms, diagrams as diagrams, anything else as text. */
export function FilePage() {
  const { deploymentId = '', resourceId = '' } = useParams();
  const { data, error } = usePolling(`file ${deploymentId} ${resourceId}`, async (signal) => {
    const [deployment, resources, blob] = await Promise.all([
      getDeployment(deploymentId, signal),
      listResources(deploymentId, signal),
      getResource(deploymentId, resourceId, signal),
    ]);
    const name = resources.find(({ id }) => id === resourceId)?.name ?? resourceId;
    return { deployment, name, text: await blob.text() };
  });
  if (data === null) return <main className="page">{error !== null ? <ErrorNote error={error} /> : <Loading />}</main>;
  const { deployment, name, text } = data;
  return (
    <main className="page">
      <header className="page__header">
        <div>
          <h1>{name}</h1>
          <p className="subtitle">
            deployed {formatDate(deployment.deploymentTime)}
            {deployment.name !== null && ` as “${deployment.name}”`}
            {name.endsWith('.dmn') && <Link to="/decisions">edit it under Decisions</Link>}
          </p>
        </div>
        <button
          type="button"
          className="button"
          onClick={() => download(name.slice(name.lastIndexOf('/') + 1), text, 'application/octet-stream')}
        >
          Download
        </button>
      </header>
      <FileContent name={name} text={text} />
    </main>
  );
}

function FileContent({ name, text }: { name: string; text: string }) {
  const schema = useMemo(() => (name.endsWith('.form') ? parseSchema(text) : null), [name, text]);
  if (schema !== null) {
    return (
      <div className="file-form">
        <Suspense fallback={<Loading what="Loading the form" />}>
          <LazyFormView schema={schema} data={NO_DATA} />
        </Suspense>
      </div>
    );
  }
  if (name.endsWith('.bpmn')) {
    return (
      <div className="diagram-card">
        <Diagram xml={text} label={`Diagram of ${name}`} />
      </div>
    );
  }
  return <pre className="file-text">{text}</pre>;
}

function parseSchema(text: string): FormSchema | null {
  try {
    return JSON.parse(text) as FormSchema;
  } catch {
    return null;
  }
}
