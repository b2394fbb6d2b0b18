/** The bpmn.io packages that ship no types of their own, as far as this app uses them. */

declare module 'bpmn-js-properties-panel' {
  import type { ModuleDeclaration } from 'bpmn-js/lib/BaseViewer';

  export const BpmnPropertiesPanelModule: ModuleDeclaration;
  export const BpmnPropertiesProviderModule: ModuleDeclaration;
  export const CamundaPlatformPropertiesProviderModule: ModuleDeclaration;
}

declare module 'camunda-bpmn-js-behaviors/lib/camunda-platform' {
  import type { ModuleDeclaration } from 'bpmn-js/lib/BaseViewer';

  const module: ModuleDeclaration;
  export default module;
}

declare module 'bpmn-js-bpmnlint' {
  import type { ModuleDeclaration } from 'bpmn-js/lib/BaseViewer';

  const module: ModuleDeclaration;
  export default module;
}

declare module 'bpmnlint/config/recommended' {
  const config: { rules: Record<string, string> };
  export default config;
}

declare module 'bpmnlint/rules/*' {
  /** Makes the rule's checker; bpmnlint calls it, this app only hands it on. */
  const ruleFactory: (options?: unknown) => { check: unknown };
  export default ruleFactory;
}

declare module 'dmn-js/lib/Modeler' {
  export interface DmnView {
    element: { id: string; name?: string };
    type: string;
  }

  export default class DmnModeler {
    constructor(options: { container: HTMLElement; [option: string]: unknown });
    importXML(xml: string): Promise<{ warnings: unknown[] }>;
    saveXML(options?: { format?: boolean }): Promise<{ xml: string }>;
    getViews(): DmnView[];
    getActiveView(): DmnView | undefined;
    open(view: DmnView): Promise<{ warnings: unknown[] }>;
    getActiveViewer(): { get(name: string, strict: false): unknown; on(event: string, listener: () => void): void };
    on(event: string, listener: (event: unknown) => void): void;
    destroy(): void;
  }
}
