// The package ships types of BPMN's elements, but none of its entrance.
declare module 'bpmn-moddle' {
  export class BpmnModdle {
    constructor(packages?: Readonly<Record<string, unknown>>);
    fromXML(xml: string): Promise<unknown>;
  }
}
