import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../api.ts';
import { callNumber } from '../calls/requests.ts';
import type { Me, PageCall } from '../calls/page-call.ts';
import { calls as liveAndEnded, isLive } from '../live/live.ts';
import { cutAt, owed } from '../missed/missed.ts';
import { isNamed, spokeWith, triedBack, type Owed } from '../missed/owed.ts';
import { Refused, useAction } from '../parts/action.tsx';
import { Icon } from '../parts/icon.tsx';
import { liveTime } from '../parts/timer.tsx';
import { useTitle } from '../parts/title.ts';
import { nameOf, Outsider, partyName } from '../parts/who.tsx';
import { lookUp, refresh } from '../people/people.ts';
import { phone } from '../text/formats.ts';
import { dayAndTime, texts, when } from '../text/text.ts';
import { PageHead } from '../shell/page-head.tsx';

const HEADS = ['age', 'who', 'tried', 'shipment', 'act'] as const;
const CLASSES = { age: 'c-age', who: 'c-from', tried: 'c-tried', shipment: 'c-ship', act: 'c-act' };

/** People who are owed a call, the one who waits longest first. Nobody ticks anything off: who was spoken with leaves. */
export function Missed({ me }: { readonly me: Me }) {
  const t = texts.value;
  useTitle(t.missed.title);
  const rows = useKept();
  const open = owed.value ?? [];
  const [longest] = open;
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.missed.title}>
        {longest !== undefined && (
          <p class="n opt">
            {t.missed.summary(t.units.people(open.length), waitOf(longest, liveTime(null)))}
          </p>
        )}
        {cutAt.value !== null && <p class="warn">{t.missed.tooMany(cutAt.value)}</p>}
      </PageHead>
      <div class="body">
        <section class={isLive.value ? 'panel' : 'panel stale'} aria-label={t.missed.list}>
          {owed.value === null ? (
            <p class="muted">{t.loading}</p>
          ) : rows.length === 0 ? (
            <div class="empty">
              <h2>{t.missed.none}</h2>
              <p class="muted">{t.missed.noneHint}</p>
            </div>
          ) : (
            <table role="table" class="rows t-missed">
              <thead role="rowgroup">
                <tr role="row">
                  {HEADS.map((head) => (
                    <th key={head} role="columnheader" class={CLASSES[head]}>
                      {t.missed.columns[head]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody role="rowgroup">
                {rows.map((row) => (
                  <MissedRow key={row.owed.number} owed={row.owed} isDone={row.isDone} me={me} />
                ))}
              </tbody>
            </table>
          )}
        </section>
      </div>
    </main>
  );
}

interface Row {
  readonly owed: Owed;
  readonly isDone: boolean;
}

/** Those who are owed a call, and, greyed in their places until the page is left, those who were when it was opened. */
function useKept(): Row[] {
  const seen = useRef(new Map<string, Owed>());
  const open = owed.value ?? [];
  const isOpen = new Set(open.map(({ number }) => number));
  for (const one of open) seen.current.set(one.number, one);
  return [...seen.current.values()]
    .map((one) => ({ owed: one, isDone: !isOpen.has(one.number) }))
    .toSorted((a, b) => (sinceOf(a.owed) < sinceOf(b.owed) ? -1 : 1));
}

function MissedRow({ owed: one, isDone, me }: Row & { readonly me: Me }) {
  const t = texts.value;
  const { number, calls, waited, calling } = one;
  const { person } = lookUp(number).value;
  const tried = triedBack(one, person.calls);
  const since = sinceOf(one);
  const age = waitOf(one, liveTime(null));
  const isOld = liveTime(null) - Date.parse(since) > 3_600_000;
  useEffect(() => {
    // Whoever tried to call back is told by the calls of the number.
    if (calling === null) refresh(number);
  }, [calling?.id]);
  const how = [
    when(since, t.missed.since),
    ...(calls.length > 1
      ? [t.units.times(calls.length), t.missed.waitedUpTo(waited)]
      : [t.missed.waited(waited)]),
  ].join(', ');
  return (
    <tr role="row" class={isDone ? 'done' : undefined}>
      <td role="cell" class="c-age">
        {isOld ? <b>{age}</b> : age}
      </td>
      <td role="cell" class="c-from">
        <a class="row" href={`/journal/${encodeURIComponent(calls.at(-1)?.id ?? '')}?number=${number}`}>
          <Outsider number={number} />
        </a>
      </td>
      <td role="cell" class="c-tried muted">
        {how}
        {tried !== null &&
          tried.outcome !== null &&
          `; ${t.missed.triedBack(when(tried.startedAt, t.missed.at), t.outcomes[tried.outcome])}`}
      </td>
      <td role="cell" class="c-ship">
        {person.shipments.slice(0, 1).map(({ code, courier }) => (
          <span key={code}>
            <a href={`/shipments/${code}`}>
              <span class="vh">{t.journal.shipment} </span>
              {code}
            </a>{' '}
            {courier !== null && (
              <span class="c-client muted">{t.missed.withCourier(courier.name ?? courier.code)}</span>
            )}
          </span>
        ))}
      </td>
      <td role="cell" class="c-act">
        {isDone ? (
          <Done owed={one} />
        ) : calling === null ? (
          <CallBack owed={one} me={me} />
        ) : (
          <Calling key={calling.id} call={calling} />
        )}
      </td>
    </tr>
  );
}

function CallBack({ owed: { number }, me }: { readonly owed: Owed; readonly me: Me }) {
  const t = texts.value;
  const action = useAction();
  const canCall = me.extensions.length > 0 && isLive.value;
  return (
    <>
      <button
        type="button"
        class="btn"
        aria-disabled={!canCall || action.isBusy.value}
        title={me.extensions.length === 0 ? t.act.noPhone : canCall ? undefined : t.act.lost}
        onClick={() => {
          if (canCall) action.run(() => callNumber(number));
        }}
      >
        <Icon name="phone" />
        {t.act.callBack}
        <span class="vh">: {lookUp(number).value.person.name ?? phone(number)}</span>
      </button>
      <Refused action={action} />
    </>
  );
}

/** Others see at once who it is that calls back. While they talk it is not told any more, and what was told stays. */
function Calling({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const told = useRef<string | null>(null);
  const now = call.request?.user ?? (isNamed(call.from) ? partyName(call.from, nameOf(call.from)) : null);
  told.current = now ?? told.current;
  return (
    <span class="what">
      <Icon name="ring" />
      {t.missed.by(told.current ?? t.live.colleague)}
    </span>
  );
}

/** By whom it was settled, as soon as the journal says. */
function Done({ owed: { calls, number } }: { readonly owed: Owed }) {
  const t = texts.value;
  const at = useSignal<string | null>(null);
  const last = calls.at(-1);
  useEffect(() => {
    if (last === undefined) return undefined;
    const life = new AbortController();
    ask<PageCall>(`/api/calls/${encodeURIComponent(last.id)}`, { signal: life.signal }).then(
      ({ calledBackAt }) => {
        at.value = calledBackAt;
        refresh(number);
      },
      () => undefined,
    );
    return () => life.abort();
  }, [last?.id]);
  // When the talk is over, its event tells whom the page could not name before.
  const all = [...liveAndEnded.value.values(), ...lookUp(number).value.person.calls];
  const us = at.value === null ? null : spokeWith(number, at.value, all);
  return (
    <span class="what">
      <Icon name="good" />
      {at.value === null
        ? t.card.calledBack
        : us === null
          ? t.missed.doneAt(when(at.value, t.missed.at))
          : t.missed.done(partyName(us, nameOf(us)), dayAndTime(at.value))}
    </span>
  );
}

function sinceOf({ calls }: Owed): string {
  return calls[0]?.startedAt ?? '';
}

function waitOf(one: Owed, at: number): string {
  return texts.value.units.wait(Math.floor((at - Date.parse(sinceOf(one))) / 60_000));
}
