import { useEffect, useRef } from 'preact/hooks';
import { isCalleeKnown, linked, ringSeconds } from '../../calls/facts.ts';
import { partyKey, type PageCall } from '../../calls/page-call.ts';
import type { JournalList } from '../../journal/list.ts';
import { readyRecordings } from '../../calls/audible.ts';
import { readReason } from '../../../journal/gap-reason.ts';
import { rowsOf, type Gap } from '../../journal/rows.ts';
import { deskTime } from '../../live/clock.ts';
import { liveTime } from '../../parts/timer.tsx';
import { CallOutcome } from '../../parts/call-state.tsx';
import { Icon } from '../../parts/icon.tsx';
import { partyNames, Who } from '../../parts/who.tsx';
import { nameFor } from '../../people/people.ts';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';

interface TableProps {
  readonly list: JournalList;
  /** Id of the opened call; `''` for none. */
  readonly opened: string;
  /** Filters, as they stand in the address. */
  readonly query: string;
}

const HEADS = ['time', 'outcome', 'from', 'to', 'shipment', 'ring', 'talk', 'recording', 'mark'] as const;
const CLASSES: Record<(typeof HEADS)[number], string> = {
  time: 'c-time',
  outcome: 'c-what',
  from: 'c-from',
  to: 'c-to',
  shipment: 'c-ship',
  ring: 'c-sec c-ring end',
  talk: 'c-sec c-talk end',
  recording: 'c-rec',
  mark: 'c-mark end',
};

export function CallTable({ list, opened, query }: TableProps) {
  const t = texts.value;
  const calls = list.calls.value;
  const state = list.state.value;
  if (calls.length === 0 && (state === 'whole' || state === 'failed')) {
    return (
      <div class="empty">
        <h2>{state === 'failed' ? t.away : t.journal.none}</h2>
        {state === 'failed' ? (
          <button type="button" class="btn" onClick={() => list.retry()}>
            {t.retry}
          </button>
        ) : (
          <p class="muted">{query === '' ? t.journal.noneAtAll : t.journal.noneHint}</p>
        )}
      </div>
    );
  }
  return (
    <>
      <table role="table" class="rows t-calls">
        <thead role="rowgroup">
          <tr role="row">
            {HEADS.map((head) => (
              <th key={head} role="columnheader" class={CLASSES[head]}>
                {t.journal.columns[head]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" onKeyDown={moveBetweenRows}>
          {rowsOf(calls, list.gaps.value, state === 'whole', formats.value.dayKey).map((row) =>
            row.kind === 'call' ? (
              <CallRow key={row.call.id} call={row.call} isOpened={row.call.id === opened} query={query} />
            ) : row.kind === 'day' ? (
              <tr key={`day ${row.day}`} role="row" class="day">
                <th role="rowheader" colSpan={9}>
                  {formats.value.dayTitle(row.at, deskTime())}
                </th>
              </tr>
            ) : (
              <GapRow key={`gap ${row.gap.asterisk} ${row.gap.from}`} gap={row.gap} />
            ),
          )}
          {state === 'loading' && calls.length === 0 && <Skeleton />}
        </tbody>
      </table>
      <Foot list={list} />
    </>
  );
}

interface RowProps {
  readonly call: PageCall;
  readonly isOpened: boolean;
  readonly query: string;
}

function CallRow({ call, isOpened, query }: RowProps) {
  const t = texts.value;
  const time = formats.value.exact(call.startedAt);
  const [shipment] = linked(call, 'shipment');
  const talk = call.talks.findLast(({ until }) => until === null);
  const talkMs =
    call.state === 'talking' && talk !== undefined
      ? liveTime(call) - Date.parse(talk.from)
      : call.seconds.talk * 1000;
  return (
    <tr role="row" aria-current={isOpened ? 'true' : undefined}>
      <td role="cell" class="c-time">
        <a
          class="row"
          href={`/journal/${encodeURIComponent(call.id)}${query === '' ? '' : `?${query}`}`}
          aria-label={t.journal.open(time)}
        >
          <time dateTime={call.startedAt}>{time}</time>
        </a>
      </td>
      <td role="cell" class="c-what">
        <CallOutcome call={call} />
      </td>
      <td role="cell" class="c-from">
        <Who party={call.from} {...(call.direction !== 'in' && { unnamed: t.live.colleague })} />
      </td>
      <td role="cell" class={shipment === undefined ? 'c-to alone' : 'c-to'}>
        <Callee call={call} />
      </td>
      <td role="cell" class="c-ship">
        {shipment !== undefined && (
          <a href={`/shipments/${shipment}`}>
            <span class="vh">{t.journal.shipment} </span>
            {shipment}
          </a>
        )}
        <Company call={call} />
      </td>
      <td role="cell" class="c-sec c-ring end muted">
        {call.seconds.ring > 0 && clock(ringSeconds(call) * 1000)}
      </td>
      <td role="cell" class="c-sec c-talk end">
        {call.talks.length > 0 && clock(talkMs)}
      </td>
      <td role="cell" class="c-rec">
        {readyRecordings(call).length > 0 && (
          <span class="what accent" title={t.journal.recorded}>
            <Icon name="play" />
            <span class="vh">{t.journal.recorded}</span>
          </span>
        )}
      </td>
      <td role="cell" class="c-mark end">
        {call.survey.map(({ value }) => value).join(', ')}
      </td>
    </tr>
  );
}

/** Those who talked, or who was wanted. */
function Callee({ call }: { readonly call: PageCall }) {
  const talked = [
    ...new Map(call.talks.flatMap(({ a, b }) => [a, b]).map((party) => [partyKey(party), party])).values(),
  ].filter((party) => partyKey(party) !== partyKey(call.from));
  const t = texts.value;
  const [first, ...others] = talked;
  if (first === undefined && !isCalleeKnown(call, call.to)) return null;
  if (first === undefined)
    return (
      <Who
        party={call.to}
        isOurs={call.direction === 'in' && call.to.number !== null}
        unnamed={t.live.colleague}
      />
    );
  if (others.length === 0) return <Who party={first} unnamed={t.live.colleague} />;
  const isAmongUs = talked.every((party) => party.number === null || party.extension !== null);
  const names = partyNames(talked, t.live.colleague);
  return (
    <span class="who">
      <Icon name={isAmongUs ? 'operator' : 'phone'} />
      <span class="t" dir="auto" title={names}>
        {names}
      </span>
    </span>
  );
}

function Company({ call }: { readonly call: PageCall }) {
  const number = call.direction === 'in' ? call.from.number : call.to.number;
  const company = number === null ? null : nameFor(number).value.company;
  if (company === null || linked(call, 'shipment').length === 0) return null;
  return <span class="c-client muted"> {company}</span>;
}

function GapRow({ gap }: { readonly gap: Gap }) {
  const t = texts.value;
  const f = formats.value;
  const isOneDay = f.dayKey(gap.from) === f.dayKey(gap.until);
  const at = (time: string): string => (isOneDay ? f.exact(time) : `${f.date(time)} ${f.exact(time)}`);
  return (
    <tr role="row" class="gap">
      <td role="cell" colSpan={9}>
        <span>
          <Icon name="warn" />
          <span>
            <b>{t.journal.gap(at(gap.from), at(gap.until))}</b> {t.journal.gapWhy(readReason(gap.reason))}
          </span>
        </span>
      </td>
    </tr>
  );
}

function Skeleton() {
  return (
    <>
      {Array.from({ length: 8 }, (_, index) => (
        <tr key={index} role="row" class="skeleton" aria-hidden="true">
          {HEADS.map((head) => (
            <td key={head} role="cell" class={CLASSES[head]} />
          ))}
        </tr>
      ))}
    </>
  );
}

/** Reads on when it comes into sight. */
function Foot({ list }: { readonly list: JournalList }) {
  const t = texts.value;
  const foot = useRef<HTMLParagraphElement>(null);
  const state = list.state.value;
  const count = list.calls.value.length;
  useEffect(() => {
    if (foot.current === null || state !== 'more') return undefined;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) list.more();
      },
      { rootMargin: '300px' },
    );
    watch.observe(foot.current);
    return () => watch.disconnect();
  }, [state, count, list]);
  return (
    <p class="small muted" ref={foot}>
      {state === 'failed' ? (
        <button type="button" class="btn" onClick={() => list.retry()}>
          {t.retry}
        </button>
      ) : state === 'whole' ? (
        t.journal.end(t.units.calls(count))
      ) : count === 0 ? (
        t.loading
      ) : (
        t.journal.shown(t.units.calls(count))
      )}
    </p>
  );
}

/** Up and down go from row to row. */
function moveBetweenRows(event: KeyboardEvent): void {
  const step = event.code === 'ArrowDown' ? 1 : event.code === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('a.row')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = rows[at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
