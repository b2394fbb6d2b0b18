import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css';
import DmnModeler from 'dmn-js/lib/Modeler';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { ErrorNote } from '../ui/page-state.js';

export interface DecisionEditorHandle {
  xml(): Promise<string>;
}

interface DecisionEditorProps {
  xml: string;
  /** The decision to open first; its table rather than the diagram of requirements. */
  decisionKey: string;
  handle: Ref<DecisionEditorHandle>;
  onChange(): void;
}

/** dmn-js: tables, literal expressions and the requirements diagram. Loaded only where decisions are shown. */
export function DecisionEditor({ xml, decisionKey, handle, onChange }: DecisionEditorProps) {
  const container = useRef<HTMLDivElement>(null);
  const modeler = useRef<DmnModeler | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (container.current === null) return;
    const dmn = new DmnModeler({ container: container.current });
    modeler.current = dmn;
    let isGone = false;
    const watched = new WeakSet<object>();
    // Every view (table, expression, diagram) has its own command stack, made when it is first opened.
    dmn.on('views.changed', () => {
      const viewer = dmn.getActiveViewer();
      if (isGone || !viewer || watched.has(viewer)) return;
      watched.add(viewer);
      viewer.on('elements.changed', () => changed.current());
    });
    const load = async () => {
      await dmn.importXML(xml);
      const view = dmn.getViews().find(({ element }) => element.id === decisionKey);
      if (!isGone && view !== undefined) await dmn.open(view);
    };
    load().catch((reason: unknown) => {
      if (!isGone) setError(reason);
    });
    return () => {
      isGone = true;
      modeler.current = null;
      dmn.destroy();
    };
  }, [xml, decisionKey]);

  useImperativeHandle(handle, () => ({
    async xml() {
      if (modeler.current === null) throw new Error('The decision isn’t loaded yet');
      return (await modeler.current.saveXML({ format: true })).xml;
    },
  }));

  return (
    <div className="decision-editor">
      {error !== null && <ErrorNote error={error} />}
      <div className="decision-editor__canvas" ref={container} data-testid="decision-editor" />
    </div>
  );
}
