import './modeler.css';
import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { getDefinition, getDefinitionXml } from '../api/definitions.js';
import { parseExceptionOf } from '../api/deployments.js';
import type { DeploymentWithDefinitions, ProcessDefinition } from '../api/types.js';
import { zoomBy } from '../bpmn/viewer.js';
import { ZoomButtons } from '../bpmn/zoom-buttons.js';
import { StartDialog } from '../cockpit/start-dialog.js';
import { download } from '../ui/download.js';
import { useToasts } from '../ui/toasts.js';
import { commitTyping } from './commit-typing.js';
import { DeployDialog } from './deploy-dialog.js';
import { DeployedBanner } from './deployed-banner.js';
import { type DeploymentProblem, problemsOf } from './deployment-problems.js';
import { Editor, type EditorStatus } from './editor.js';
import { ModelerToolbar } from './modeler-toolbar.js';
import { newDiagramXml, randomSuffix } from './new-diagram.js';
import { OpenDialog } from './open-dialog.js';
import { ProblemList, ProblemOverlays } from './problem-list.js';
import { useUnsavedGuard } from './use-unsaved-guard.js';

/** Where the diagram came from. `definition` is also set after a deployment. */
export interface DiagramSource {
  fileName: string | null;
  definition: ProcessDefinition | null;
}

const UNTITLED: DiagramSource = { fileName: null, definition: null };
const CLEAN: EditorStatus = { isDirty: false, canUndo: false, canRedo: false };
const NO_PROBLEMS: DeploymentProblem[] = [];

/** The BPMN modeler: open, edit, lint, save, deploy, start. */
export function ModelerPage() {
  const canvas = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [status, setStatus] = useState(CLEAN);
  const [source, setSource] = useState(UNTITLED);
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [deployed, setDeployed] = useState<readonly ProcessDefinition[]>([]);
  const [dialog, setDialog] = useState<'open' | 'start' | { deploy: string } | null>(null);
  const [isDraggedOver, setDraggedOver] = useState(false);
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('definition');
  const loaded = useRef<string | null>(null);
  const toasts = useToasts();
  const guard = useUnsavedGuard(status.isDirty);

  useEffect(() => {
    if (canvas.current === null || panel.current === null) return;
    const created = new Editor(canvas.current, panel.current);
    created.subscribe(setStatus);
    setEditor(created);
    loaded.current = null;
    return () => {
      setEditor(null);
      created.destroy();
    };
  }, []);

  /** Answers whether it could be shown; what was open before stays otherwise. */
  const open = useCallback(
    async (target: Editor, xml: string, from: DiagramSource): Promise<boolean> => {
      try {
        const warnings = await target.open(xml);
        setSource(from);
        setProblems(NO_PROBLEMS);
        setDeployed([]);
        if (warnings.length > 0) toasts.info(`Opened, but ${warnings.length} parts of the file weren’t understood.`);
        return true;
      } catch (error) {
        toasts.error(new Error(`The diagram can’t be shown: ${(error as Error).message}`));
        return false;
      }
    },
    [toasts],
  );

  const openDefinition = useCallback(
    async (target: Editor, id: string): Promise<boolean> => {
      const [definition, xml] = await Promise.all([getDefinition(id), getDefinitionXml(id)]);
      return open(target, xml, { fileName: definition.resource, definition });
    },
    [open],
  );

  // The address says what is open, so that pages can link to the modeler and reloading opens the same again.
  useEffect(() => {
    if (editor === null || (loaded.current !== null && (wanted === null || wanted === loaded.current))) return;
    loaded.current = wanted ?? '';
    const opened =
      wanted === null ? open(editor, newDiagramXml(randomSuffix()), UNTITLED) : openDefinition(editor, wanted);
    opened.catch(toasts.error);
  }, [editor, wanted, open, openDefinition, toasts]);

  /** Opens something else than what the address says, and then puts that into the address. */
  const replaceDiagram = async (definitionId: string | null, opening: Promise<boolean>) => {
    try {
      if (await opening) showUnderAddress(definitionId);
    } catch (error) {
      toasts.error(error);
    }
  };
  const showUnderAddress = (definitionId: string | null) => {
    loaded.current = definitionId ?? '';
    setSearch(definitionId === null ? {} : { definition: definitionId }, { replace: true });
  };
  const openNew = () =>
    guard.guarded(() => {
      if (editor !== null) void replaceDiagram(null, open(editor, newDiagramXml(randomSuffix()), UNTITLED));
    });
  const openFile = (file: File) => {
    setDialog(null);
    if (/\.(dmn|form)$/i.test(file.name)) {
      toasts.error(new Error(`${file.name} is no BPMN diagram. It can be added when you deploy.`));
      return;
    }
    guard.guarded(() => {
      if (editor === null) return;
      const opening = file.text().then((xml) => open(editor, xml, { fileName: file.name, definition: null }));
      void replaceDiagram(null, opening);
    });
  };
  const fileName = source.fileName ?? `${editor?.processes()[0]?.id ?? 'diagram'}.bpmn`;
  const save = async () => {
    if (editor === null) return;
    await commitTyping();
    download(baseName(fileName), await editor.xml(), 'application/xml');
    editor.markSaved();
  };
  const prepareDeployment = async () => {
    if (editor === null) return;
    await commitTyping();
    setDialog({ deploy: await editor.xml() });
  };
  const onDeployed = (deployment: DeploymentWithDefinitions, mainName: string) => {
    const definitions = Object.values(deployment.deployedProcessDefinitions ?? {});
    const ofDiagram = definitions.filter(({ resource }) => resource === mainName);
    const keptKey = source.definition?.key;
    const main = ofDiagram.find(({ key }) => key === keptKey) ?? ofDiagram[0] ?? null;
    setDialog(null);
    setProblems(NO_PROBLEMS);
    setDeployed(ofDiagram);
    editor?.markSaved();
    setSource({ fileName: mainName, definition: main });
    if (main !== null) showUnderAddress(main.id);
    else toasts.info('Deployed. There is no executable process in the diagram.');
    if (deployment.introductions?.some(({ state }) => state === 'canary'))
      toasts.info('It gets its share of the new instances until it is promoted or stopped.');
  };
  const onDeploymentError = (error: unknown): boolean => {
    const refusal = parseExceptionOf(error);
    if (refusal === null) return false;
    setDialog(null);
    setDeployed([]);
    setProblems(problemsOf(refusal));
    return true;
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDraggedOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) openFile(file);
  };

  return (
    <main
      className={isDraggedOver ? 'modeler modeler--drop' : 'modeler'}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDraggedOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDraggedOver(false);
      }}
      onDrop={onDrop}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
          event.preventDefault();
          void save();
        }
      }}
    >
      <ModelerToolbar
        title={source.definition?.name ?? source.definition?.key ?? source.fileName ?? 'New diagram'}
        definition={source.definition}
        status={status}
        onNew={openNew}
        onOpen={() => guard.guarded(() => setDialog('open'))}
        onUndo={() => editor?.service('commandStack').undo()}
        onRedo={() => editor?.service('commandStack').redo()}
        onSave={() => void save()}
        onDeploy={() => void prepareDeployment()}
        onStart={() => setDialog('start')}
      />
      {deployed.length > 0 && (
        <DeployedBanner definitions={deployed} onStart={() => setDialog('start')} onClose={() => setDeployed([])} />
      )}
      <div className="modeler__work">
        <div className="modeler__canvas">
          <div className="modeler__bpmn" ref={canvas} data-testid="modeler-canvas" />
          {editor !== null && (
            <ZoomButtons onZoom={(factor) => zoomBy(editor.viewer, factor)} onFit={() => editor.fit()} />
          )}
        </div>
        <aside className="modeler__panel" ref={panel} aria-label="Properties" data-testid="properties" />
      </div>
      {editor !== null && problems.length > 0 && (
        <>
          <ProblemOverlays problems={problems} viewer={editor.viewer} />
          <ProblemList
            problems={problems}
            viewer={editor.viewer}
            onReveal={(id) => {
              if (!editor.reveal(id)) toasts.info(`“${id}” has no shape in the diagram.`);
            }}
            onClose={() => setProblems(NO_PROBLEMS)}
          />
        </>
      )}

      {dialog === 'open' && (
        <OpenDialog
          onClose={() => setDialog(null)}
          onFile={openFile}
          onOpen={(id) => {
            setDialog(null);
            if (editor !== null) void replaceDiagram(id, openDefinition(editor, id));
          }}
        />
      )}
      {typeof dialog === 'object' && dialog !== null && (
        <DeployDialog
          main={{ name: fileName, content: dialog.deploy, type: 'application/xml' }}
          deploymentName={editor?.processes()[0]?.name ?? fileName}
          deploymentId={source.definition?.deploymentId ?? null}
          hasProcesses
          onClose={() => setDialog(null)}
          onDeployed={onDeployed}
          onError={onDeploymentError}
        />
      )}
      {dialog === 'start' && source.definition !== null && (
        <StartDialog
          definition={source.definition}
          onClose={() => setDialog(null)}
          onStarted={(instance) => {
            setDialog(null);
            toasts.info(
              <>
                The instance is running.{' '}
                <Link to={`/instances/${encodeURIComponent(instance.id)}`} data-testid="started-instance">
                  See it
                </Link>
              </>,
            );
          }}
        />
      )}
      {guard.dialog}
    </main>
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
