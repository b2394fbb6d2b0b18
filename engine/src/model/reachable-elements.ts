import type { Element, ProcessModel } from './process-model.js';

/**
 * The elements that an instance is at, or may still come to, by what the model allows: along flows and links, by events
 * at activities and scopes, into scopes and out of them. Conditions aren't evaluated, and compensation handlers always
 * count, so that nothing is left out; tokens that are moved by hand or by a migration aren't foreseen.
 * @param active the elements of the instance's activity instances, enclosing scopes among them; unknown ones are passed over
 */
export function reachableElements(model: ProcessModel, active: Iterable<string>): ReadonlySet<string> {
  const search = new Search();
  for (const element of model.elements.values()) if (element.isForCompensation) search.arrive(element);
  for (const id of active) {
    const element = id === model.root.id ? model.root : model.elements.get(id);
    if (element) search.isAt(element);
  }
  search.run();
  return search.reached;
}

class Search {
  readonly reached = new Set<string>();
  private readonly arrived = new Set<Element>();
  private readonly queue: Element[] = [];

  /** A token may come here, and go through all of it. */
  arrive(element: Element): void {
    if (this.arrived.has(element)) return;
    this.arrived.add(element);
    this.queue.push(element);
  }

  /** Something is going on here. What has been passed inside of it doesn't come again by itself. */
  isAt(element: Element): void {
    this.reached.add(element.id);
    if (element.repeats) this.arrive(element.repeats);
    // Activities of an ad-hoc sub-process are begun at any time.
    if (element.startEvents.length === 0)
      for (const child of element.children) if (child.incoming.length === 0) this.arrive(child);
    this.goOn(element);
  }

  run(): void {
    for (let element = this.queue.pop(); element; element = this.queue.pop()) {
      this.reached.add(element.id);
      for (const child of element.children) this.arrive(child);
      if (element.repeats) this.arrive(element.repeats);
      this.goOn(element);
    }
  }

  private goOn(element: Element): void {
    const next = [
      ...element.outgoing.map(({ target }) => target),
      ...(element.behavior.leadsTo?.(element) ?? []),
      ...element.boundaryEvents,
      ...element.eventSubProcesses,
    ];
    for (const each of next) this.arrive(each);
    // The flows and events of an activity that is repeated belong to the body around it.
    if (element.body) this.goOn(element.body);
  }
}
