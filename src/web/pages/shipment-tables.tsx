import type { Call } from '../../calls/call.ts';
import type { PageCall } from '../calls/page-call.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { nameOf, partyName, Who } from '../parts/who.tsx';
import { clock } from '../text/formats.ts';
import { formats, texts } from '../text/text.ts';
import { WhenCells } from './when-cells.tsx';

/** A call that was made to reach the recipient, as the desk tells it. */
export interface Attempt extends Pick<Call, 'outcome' | 'cause' | 'recordings'> {
  readonly call: string;
  readonly at: string;
  readonly by: Call['from'];
  /** Whether the recipient was rung. */
  readonly dialled: boolean;
  /** What became of it; null while it lasts, and of calls that the desk was not asked for. */
  readonly result: NonNullable<Call['request']>['result'];
  readonly ringSeconds: number;
  readonly talkSeconds: number;
}

const ICONS: Partial<Record<NonNullable<Call['outcome']>, IconName>> = { answered: 'good', busy: 'busy' };

/** @param attempts those in which the recipient was rung: others prove nothing */
export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const t = texts.value;
  const f = formats.value;
  const { columns } = t.shipment;
  const days = new Set(attempts.map(({ at }) => f.dayKey(at))).size;
  const talks = attempts.filter(({ talkSeconds }) => talkSeconds > 0).length;
  const rung = Math.round(attempts.reduce((sum, { ringSeconds }) => sum + ringSeconds, 0));
  return (
    <section class="panel" aria-labelledby="attempts">
      <header>
        <h2 id="attempts">{t.shipment.attempts}</h2>
        <span class="count">{attempts.length}</span>
        {attempts.length > 0 && (
          <span class="muted">{t.shipment.attemptsSum(t.shipment.days(days), talks, rung)}</span>
        )}
      </header>
      {attempts.length === 0 ? (
        <p class="muted">{t.shipment.noAttempts}</p>
      ) : (
        <>
          <table role="table" class="rows t-tries">
            <thead role="rowgroup">
              <tr role="row">
                <th role="columnheader" class="c-no">
                  {columns.no}
                </th>
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
                  {columns.outcome}
                </th>
                <th role="columnheader" class="c-sec end">
                  {columns.ring}
                </th>
                <th role="columnheader" class="c-code end">
                  {columns.cause}
                </th>
                <th role="columnheader" class="c-rec">
                  {columns.recording}
                </th>
              </tr>
            </thead>
            <tbody role="rowgroup">
              {attempts.map((attempt, index) => (
                <AttemptRow key={attempt.call} attempt={attempt} no={index + 1} />
              ))}
            </tbody>
          </table>
          <p class="small muted">{t.shipment.legend}</p>
        </>
      )}
    </section>
  );
}

function AttemptRow({ attempt, no }: { readonly attempt: Attempt; readonly no: number }) {
  const t = texts.value;
  const { call, at, by, outcome, ringSeconds, talkSeconds, cause, recordings } = attempt;
  return (
    <tr role="row">
      <td role="cell" class="c-no">
        {no}
      </td>
      <WhenCells call={call} at={at} />
      <td role="cell" class="c-from">
        {partyName(by, nameOf(by))}
      </td>
      <td role="cell" class="c-what">
        <span class="what">
          <Icon name={(outcome === null ? undefined : ICONS[outcome]) ?? 'none'} />
          {outcome === null ? t.story.lasts : t.outcomes[outcome]}
          {talkSeconds > 0 && ` ${clock(talkSeconds * 1000)}`}
        </span>
      </td>
      <td role="cell" class="c-sec end">
        {Math.round(ringSeconds)}
        <span class="unit"> {t.units.seconds(0).slice(2)}</span>
      </td>
      <td role="cell" class="c-code end">
        {cause}
      </td>
      <td role="cell" class="c-rec muted">
        {recordings.length > 0 ? t.shipment.yes : t.shipment.no}
      </td>
    </tr>
  );
}

export function Others({ calls }: { readonly calls: readonly PageCall[] }) {
  const t = texts.value;
  const { columns } = t.journal;
  return (
    <section class="panel" aria-labelledby="others">
      <header>
        <h2 id="others">{t.shipment.others}</h2>
        <span class="count">{calls.length}</span>
      </header>
      <table role="table" class="rows t-talks">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" class="c-date">
              {t.shipment.columns.date}
            </th>
            <th role="columnheader" class="c-time">
              {columns.time}
            </th>
            <th role="columnheader" class="c-from">
              {columns.from}
            </th>
            <th role="columnheader" class="c-to">
              {columns.to}
            </th>
            <th role="columnheader" class="c-talk end">
              {columns.talk}
            </th>
            <th role="columnheader" class="c-rec">
              {columns.recording}
            </th>
            <th role="columnheader" class="c-mark end">
              {columns.mark}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {calls.map((call) => (
            <tr key={call.id} role="row">
              <WhenCells call={call.id} at={call.startedAt} />
              <td role="cell" class="c-from">
                <Who party={call.from} />
              </td>
              <td role="cell" class="c-to">
                <Who
                  party={call.answeredBy ?? call.to}
                  isOurs={call.answeredBy === null && call.direction === 'in'}
                />
              </td>
              <td role="cell" class="c-talk end">
                {call.talks.length > 0 && clock(call.seconds.talk * 1000)}
              </td>
              <td role="cell" class="c-rec muted">
                {call.recordings.length > 0 ? t.shipment.yes : t.shipment.no}
              </td>
              <td role="cell" class="c-mark end">
                {call.survey.map(({ value }) => value).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
