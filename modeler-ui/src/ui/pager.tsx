interface PagerProps {
  page: number;
  pageSize: number;
  total: number;
  onPage(page: number): void;
}

/** Pages count from 0. Nothing is shown while everything fits on one page. */
export function Pager({ page, pageSize, total, onPage }: PagerProps) {
  if (total <= pageSize) return null;
  const last = Math.max(0, Math.ceil(total / pageSize) - 1);
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" className="button button--small" disabled={page === 0} onClick={() => onPage(page - 1)}>
        ‹ Previous
      </button>
      <span>
        {page * pageSize + 1}–{Math.min(total, (page + 1) * pageSize)} of {total}
      </span>
      <button type="button" className="button button--small" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Next ›
      </button>
    </nav>
  );
}
