import type { EngineClient } from './engine-client.js';
import { Poller, type PollerOptions } from './poller.js';
import { RestHeartbeat } from './rest-heartbeat.js';
import type { SubscribedTopic, Transport } from './transport.js';

/** Fetches over engine-rest by long polls and reports over it: works with Millrace and every Camunda 7 engine. */
export class RestTransport implements Transport {
  readonly reports: EngineClient;
  private readonly poller: Poller;
  private readonly heartbeat: RestHeartbeat;

  constructor(topics: ReadonlySet<SubscribedTopic>, options: PollerOptions) {
    this.reports = options.client;
    this.poller = new Poller(topics, options);
    this.heartbeat = new RestHeartbeat(options.client, topics, options.logger);
  }

  pump(): void {
    this.heartbeat.start();
    this.poller.pump();
  }

  topicAdded(): void {
    this.heartbeat.changed();
    this.poller.topicAdded();
  }

  topicRemoved(topic: SubscribedTopic): void {
    this.heartbeat.changed();
    this.poller.topicRemoved(topic);
  }

  end(): Promise<void> {
    return this.poller.end();
  }

  /** `fetch` keeps its connections itself. */
  close(): Promise<void> {
    return this.heartbeat.end();
  }
}
