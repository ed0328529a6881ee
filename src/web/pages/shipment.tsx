import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Call } from '../../calls/call.ts';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { outsider } from '../calls/page-call.ts';
import { deskTime } from '../live/clock.ts';
import { onHappening } from '../live/live.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useTitle } from '../parts/title.ts';
import { nameOf, partyName, Who } from '../parts/who.tsx';
import { lookUp } from '../people/people.ts';
import { planText } from '../parts/plan.ts';
import { session } from '../session.ts';
import { clock, phone } from '../text/formats.ts';
import { formats, texts } from '../text/text.ts';
import { PageHead } from '../shell/page-head.tsx';

interface Attempt extends Pick<Call, 'outcome' | 'cause' | 'recordings'> {
  readonly call: string;
  readonly at: string;
  readonly by: Call['from'];
  readonly ringSeconds: number;
  readonly talkSeconds: number;
}

interface Known {
  readonly attempts: readonly Attempt[];
  readonly calls: readonly PageCall[];
}

/** A shipment: every attempt to reach its recipient, the other calls about it; a proof when printed. */
export function ShipmentPage({ code }: { readonly code: string }) {
  const t = texts.value;
  useTitle(t.pages.shipment(code));
  const known = useShipment(code);
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.shipment(code)} kind="doc">
        <span class="only-print">{t.shipment.proof}</span>
        <span class="grow" />
        <button type="button" class="btn" onClick={() => window.print()}>
          <Icon name="print" />
          {t.shipment.print}
        </button>
      </PageHead>
      <div class="body">
        <div class="doc stack">
          {known.value === null ? (
            <p class="muted">{t.loading}</p>
          ) : (
            <Parts code={code} known={known.value} />
          )}
        </div>
      </div>
    </main>
  );
}

function Parts({ code, known: { attempts, calls } }: { readonly code: string; readonly known: Known }) {
  const t = texts.value;
  const f = formats.value;
  const tried = new Set(attempts.map(({ call }) => call));
  const others = calls.filter(({ id }) => !tried.has(id));
  const time = deskTime();
  const who = session.value.state === 'in' ? session.value.user.name : '';
  return (
    <>
      <Facts code={code} calls={calls} />
      <Attempts attempts={attempts} />
      {others.length > 0 && <Others calls={others} />}
      {calls.some(({ completeness }) => completeness !== 'whole') && (
        <section class="note warn">
          <span class="warn">
            <Icon name="warn" />
          </span>
          <div class="t">{t.shipment.partial}</div>
        </section>
      )}
      <footer class="print">
        {t.shipment.footer(f.date(time), f.time(time), f.zone(time), who)}{' '}
        {attempts.length > 0 && t.shipment.ids(attempts.map(({ call }) => call).join(', '))}
      </footer>
    </>
  );
}

/** Whom it goes to, as far as the calls about it and the database say. */
function Facts({ code, calls }: { readonly code: string; readonly calls: readonly PageCall[] }) {
  const t = texts.value;
  const numbers = [...new Set(calls.flatMap((call) => outsider(call)?.number ?? []))];
  const found = numbers
    .map((number) => lookUp(number).value.person)
    .find(({ shipments, closed }) => shipments.some((one) => one.code === code) || closed.includes(code));
  const shipment = found?.shipments.find((one) => one.code === code);
  if (found === undefined) return null;
  return (
    <section class="panel" aria-label={t.call.facts}>
      <div class="in">
        <dl class="facts">
          <dt>{t.shipment.recipient}</dt>
          <dd>
            <span dir="auto">{found.name ?? ''}</span> <span class="n muted">{phone(found.number)}</span>
          </dd>
          {shipment !== undefined && shipment.plan !== null && (
            <>
              <dt>{t.shipment.due}</dt>
              <dd>{planText(shipment.plan)}</dd>
            </>
          )}
          {shipment !== undefined && (shipment.order !== null || shipment.company !== null) && (
            <>
              <dt>{t.shipment.order}</dt>
              <dd>{[shipment.order, shipment.company].filter((one) => one !== null).join(', ')}</dd>
            </>
          )}
          {shipment !== undefined && shipment.courier !== null && (
            <>
              <dt>{t.shipment.courier}</dt>
              <dd>
                <a href={`/journal?kind=courier&code=${shipment.courier.code}`}>
                  {shipment.courier.name ?? shipment.courier.code}
                </a>
              </dd>
            </>
          )}
          <dt>{t.shipment.state}</dt>
          <dd>
            {shipment === undefined
              ? t.shipment.states.closed
              : shipment.courier === null
                ? t.shipment.states.open
                : t.shipment.states.inHand}
          </dd>
        </dl>
      </div>
    </section>
  );
}

const ICONS: Partial<Record<NonNullable<Call['outcome']>, IconName>> = { answered: 'good', busy: 'busy' };

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
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
  const f = formats.value;
  const { call, at, by, outcome, ringSeconds, talkSeconds, cause, recordings } = attempt;
  return (
    <tr role="row">
      <td role="cell" class="c-no">
        {no}
      </td>
      <td role="cell" class="c-date">
        {f.date(at)}
      </td>
      <td role="cell" class="c-time">
        <a class="row" href={`/journal/${encodeURIComponent(call)}`}>
          <time dateTime={at}>{f.exact(at)}</time>
        </a>
      </td>
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

function Others({ calls }: { readonly calls: readonly PageCall[] }) {
  const t = texts.value;
  const f = formats.value;
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
              <td role="cell" class="c-date">
                {f.date(call.startedAt)}
              </td>
              <td role="cell" class="c-time">
                <a class="row" href={`/journal/${encodeURIComponent(call.id)}`}>
                  <time dateTime={call.startedAt}>{f.exact(call.startedAt)}</time>
                </a>
              </td>
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

/** Null until it is known; read anew when a call about it changes. */
function useShipment(code: string): Signal<Known | null> {
  const known = useSignal<Known | null>(null);
  useEffect(() => {
    const life = new AbortController();
    const { signal } = life;
    const load = (): void => {
      const encoded = encodeURIComponent(code);
      Promise.all([
        ask<{ attempts: Attempt[] }>(`/api/shipments/${encoded}/attempts`, { signal }),
        ask<{ calls: PageCall[] }>(`/api/calls?kind=shipment&code=${encoded}&limit=200`, { signal }),
      ]).then(
        ([{ attempts }, { calls }]) => {
          known.value = { attempts, calls };
        },
        () => {
          if (!signal.aborted) known.value ??= { attempts: [], calls: [] };
        },
      );
    };
    load();
    const end = onHappening((what) => {
      const isAbout =
        what.name !== 'call' ||
        what.call.links.some((link) => link.kind === 'shipment' && String(link.code) === code);
      if (isAbout) load();
    });
    return () => {
      end();
      life.abort();
    };
  }, [code]);
  return known;
}
