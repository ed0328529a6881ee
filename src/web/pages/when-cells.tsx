import { formats } from '../text/text.ts';

interface WhenCellsProps {
  /** The id of the call, which the time leads to. */
  readonly call: string;
  readonly at: string;
}

/** When a call began, in the two first cells of its row. */
export function WhenCells({ call, at }: WhenCellsProps) {
  const f = formats.value;
  return (
    <>
      <td role="cell" class="c-date">
        {f.date(at)}
      </td>
      <td role="cell" class="c-time">
        <a class="row" href={`/journal/${encodeURIComponent(call)}`}>
          <time dateTime={at}>{f.exact(at)}</time>
        </a>
      </td>
    </>
  );
}
