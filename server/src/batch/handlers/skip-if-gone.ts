import { NotFoundError } from '@millrace/engine';

/** What isn't there any more needs nothing to be done. */
export async function skipIfGone(work: () => Promise<unknown>): Promise<'skipped' | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return 'skipped';
    throw error;
  }
}
