import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css';
import Modeler from 'bpmn-js/lib/Modeler';
import lintModule from 'bpmn-js-bpmnlint';
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  CamundaPlatformPropertiesProviderModule,
} from 'bpmn-js-properties-panel';
import camundaPlatformBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json';
import type CommandStack from 'diagram-js/lib/command/CommandStack';
import type Selection from 'diagram-js/lib/features/selection/Selection';
import { type DiagramServices, followSize, type Margin, type Viewer, zoomToFit } from '../bpmn/viewer.js';
import { lintConfig } from './lint-config.js';

/** The palette lies over the left edge of the canvas. */
const BESIDE_PALETTE: Margin = { left: 84, right: 20, vertical: 20 };

interface EditorServices extends DiagramServices {
  commandStack: CommandStack;
  selection: Selection;
}

/** An index that the command stack never has. */
const UNREACHABLE = -2;

/** Changed since it was opened or saved, and what can be undone. */
export interface EditorStatus {
  isDirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
}

/** bpmn-js with the properties panel of the camunda dialect and live linting, behind the few calls that the page makes. */
export class Editor {
  private readonly modeler: Modeler;
  private readonly listeners = new Set<(status: EditorStatus) => void>();
  /** Depth of the command stack when the diagram was opened or last saved. */
  private savedIndex = -1;
  private readonly stopFollowing: () => void;

  constructor(canvas: HTMLElement, propertiesPanel: HTMLElement) {
    this.modeler = new Modeler({
      container: canvas,
      propertiesPanel: { parent: propertiesPanel },
      linting: { active: true, bpmnlint: lintConfig },
      additionalModules: [
        BpmnPropertiesPanelModule,
        BpmnPropertiesProviderModule,
        CamundaPlatformPropertiesProviderModule,
        camundaPlatformBehaviors,
        lintModule,
      ],
      moddleExtensions: { camunda: camundaModdle },
    });
    this.modeler.on('commandStack.changed', ({ trigger }: { trigger: string }) => {
      // A change made after undoing past the saved state: that state can't come back.
      if (trigger === 'execute' && this.stackIndex() <= this.savedIndex) this.savedIndex = UNREACHABLE;
      this.notify();
    });
    this.stopFollowing = followSize(this.viewer, canvas);
  }

  get viewer(): Viewer {
    return this.modeler as unknown as Viewer;
  }

  service<Name extends keyof EditorServices>(name: Name): EditorServices[Name] {
    return this.modeler.get(name) as EditorServices[Name];
  }

  /** @returns warnings about what couldn't be read. @throws when it is no BPMN, or has no diagram */
  async open(xml: string): Promise<string[]> {
    const { warnings } = await this.modeler.importXML(xml);
    this.savedIndex = -1;
    this.fit();
    this.notify();
    return warnings;
  }

  fit(): void {
    zoomToFit(this.viewer, BESIDE_PALETTE);
  }

  async xml(): Promise<string> {
    const { xml } = await this.modeler.saveXML({ format: true });
    if (xml === undefined) throw new Error('The diagram couldn’t be written as XML');
    return xml;
  }

  markSaved(): void {
    this.savedIndex = this.stackIndex();
    this.notify();
  }

  status(): EditorStatus {
    const stack = this.service('commandStack');
    return { isDirty: this.stackIndex() !== this.savedIndex, canUndo: stack.canUndo(), canRedo: stack.canRedo() };
  }

  subscribe(listener: (status: EditorStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The processes of the diagram, in document order; none before a diagram is open. */
  processes(): { id: string; name: string | null }[] {
    const definitions = this.modeler.getDefinitions() as unknown as {
      rootElements?: { $type: string; id: string; name?: string }[];
    } | null;
    return (definitions?.rootElements ?? [])
      .filter(({ $type }) => $type === 'bpmn:Process')
      .map(({ id, name }) => ({ id, name: name ?? null }));
  }

  /** Selects the element and brings it into view. False when it has no shape of its own. */
  reveal(elementId: string): boolean {
    const element = this.service('elementRegistry').get(elementId);
    const canvas = this.service('canvas');
    if (element === undefined) return false;
    if (element.parent === undefined) {
      this.service('selection').select(element); // the diagram itself: its properties are shown
      return true;
    }
    canvas.setRootElement(canvas.findRoot(element) as never);
    canvas.scrollToElement(element as never, 120);
    this.service('selection').select(element);
    return true;
  }

  destroy(): void {
    this.stopFollowing();
    this.listeners.clear();
    this.modeler.destroy();
  }

  private notify(): void {
    const status = this.status();
    for (const listener of this.listeners) listener(status);
  }

  private stackIndex(): number {
    // Not in the types, but the only measure of "the same state as then" that survives undo and redo.
    return (this.service('commandStack') as unknown as { _stackIdx: number })._stackIdx;
  }
}
