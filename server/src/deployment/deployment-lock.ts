/** Advisory lock: one deployment or deletion at a time, so that versions are numbered without gaps and start events have one owner. */
export const DEPLOYMENT_LOCK = 7_416_002;
