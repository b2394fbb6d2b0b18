export { MemoryHost } from './memory-host.js';
export type { StartOptions, TimeSpan } from './process-test.js';
export { ProcessTest, processTest, TestInstance } from './process-test.js';
