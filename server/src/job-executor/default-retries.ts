/** Of jobs that no model says more about. */
export const DEFAULT_RETRIES = 3;
