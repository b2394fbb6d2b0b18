/** The demo can't go on; the message is a sentence for the user. */
export class DemoError extends Error {
  name = 'DemoError';
}
