import type { RefusalKind } from './statement-part.js';

/** The statement itself found that a batch can't be committed; nothing was. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';

  constructor(
    readonly kind: RefusalKind,
    /** Of the instances, locked rows or definitions at fault. */
    readonly ids: ReadonlySet<string>,
  ) {
    super(`A commit was refused (${kind}): ${[...ids].join(', ')}`);
  }
}

/** PostgreSQL's error code of `refuse_commit` (schema step 7). */
const REFUSED = 'MR001';

/** The refusal that a database error stands for; null for any other error. */
export function toRefusal(error: unknown): CommitRefused | null {
  const { code, message, detail } = error as { code?: unknown; message?: string; detail?: string };
  if (code !== REFUSED) return null;
  return new CommitRefused(message as RefusalKind, new Set(detail?.split(' ') ?? []));
}
