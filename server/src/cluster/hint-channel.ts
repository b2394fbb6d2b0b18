/** Carries short messages between the servers of one database. They may get lost, and the sender gets its own too. */
export interface HintChannel {
  /** The longest message in bytes. */
  readonly maxBytes: number;
  /** Connects in the background, again and again. */
  start(onMessage: (message: string) => void): void;
  /** One at a time. @throws when the message can't be sent now, or not within some seconds */
  send(message: string): Promise<void>;
  stop(): Promise<void>;
}
