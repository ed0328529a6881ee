import type { Attempt } from './shipment-tables.tsx';
import { nameOf, partyName } from '../parts/who.tsx';
import { language, texts } from '../text/text.ts';
import { WhenCells } from './when-cells.tsx';

/** Calls that ended before the recipient's telephone was rung. They stay on the proof, and are not counted in it. */
export function Unreached({ calls }: { readonly calls: readonly Attempt[] }) {
  const t = texts.value;
  const { columns } = t.shipment;
  return (
    <section class="panel" aria-labelledby="unreached">
      <header>
        <h2 id="unreached">{t.shipment.unreached}</h2>
        <span class="count">{calls.length}</span>
      </header>
      <table role="table" class="rows t-unreached">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" class="c-date">
              {columns.date}
            </th>
            <th role="columnheader" class="c-time">
              {columns.time}
            </th>
            <th role="columnheader" class="c-from">
              {columns.by}
            </th>
            <th role="columnheader" class="c-what">
              {columns.why}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {calls.map((call) => (
            <tr key={call.call} role="row">
              <WhenCells call={call.call} at={call.at} />
              <td role="cell" class="c-from">
                {partyName(call.by, nameOf(call.by))}
              </td>
              <td role="cell" class="c-what">
                {wordsFor(call)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small muted">{t.shipment.unreachedHint}</p>
    </section>
  );
}

/** As the desk says it. Of a call that it did not make itself it has no words. */
function wordsFor({ result, outcome }: Attempt): string {
  const t = texts.value;
  return result?.[language.value] ?? (outcome === null ? t.story.lasts : t.outcomes[outcome]);
}
