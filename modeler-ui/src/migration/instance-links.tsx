import { Link } from 'react-router-dom';

const SHOWN = 3;

/** A few instances to look at, and how many more there are. */
export function InstanceLinks({ instanceIds, count }: { instanceIds: readonly string[]; count: number }) {
  const shown = instanceIds.slice(0, SHOWN);
  return (
    <ul className="plain-list">
      {shown.map((id) => (
        <li key={id}>
          <Link className="mono" title={id} to={`/instances/${encodeURIComponent(id)}`}>
            {id.length > 13 ? `${id.slice(0, 4)}…${id.slice(-8)}` : id}
          </Link>
        </li>
      ))}
      {count > shown.length && <li className="faint">and {count - shown.length} more</li>}
    </ul>
  );
}
