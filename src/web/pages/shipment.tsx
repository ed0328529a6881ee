import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isAboutAnother } from '../../calls/attempts.ts';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { outsider } from '../calls/page-call.ts';
import { deskTime } from '../live/clock.ts';
import { onHappening } from '../live/live.ts';
import { Icon } from '../parts/icon.tsx';
import { useTitle } from '../parts/title.ts';
import { langOf } from '../parts/who.tsx';
import { lookUp } from '../people/people.ts';
import { planText } from '../parts/plan.ts';
import { session } from '../session.ts';
import { phone } from '../text/formats.ts';
import { formats, texts } from '../text/text.ts';
import { Attempts, Others, type Attempt } from './shipment-tables.tsx';
import { Unreached } from './unreached.tsx';
import { PageHead } from '../shell/page-head.tsx';

interface Known {
  readonly attempts: readonly Attempt[];
  readonly calls: readonly PageCall[];
}

/** A shipment: every attempt to reach its recipient, the other calls about it; a proof when printed. */
export function ShipmentPage({ code }: { readonly code: string }) {
  const t = texts.value;
  useTitle(t.pages.shipment(code));
  const known = useShipment(code);
  const isKnown = known.value !== null && known.value !== 'failed';
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.shipment(code)} kind="doc">
        <span class="only-print">{t.shipment.proof}</span>
        <span class="grow" />
        {isKnown && (
          <button type="button" class="btn" onClick={() => window.print()}>
            <Icon name="print" />
            {t.shipment.print}
          </button>
        )}
      </PageHead>
      <div class="body">
        <div class="doc stack">
          {known.value === null ? (
            <p class="muted">{t.loading}</p>
          ) : known.value === 'failed' ? (
            <p role="alert" class="bad">
              {t.away}
            </p>
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
  const shown = calls.filter((call) => tried.has(call.id) || !isAboutAnother(call, code));
  const others = shown.filter(({ id }) => !tried.has(id));
  const unreached = attempts.filter(({ dialled }) => !dialled);
  const time = deskTime();
  const who = session.value.state === 'in' ? session.value.user.name : '';
  if (attempts.length === 0 && calls.length === 0) {
    return <p class="muted">{t.shipment.none}</p>;
  }
  return (
    <>
      <Facts code={code} calls={calls} />
      <Attempts attempts={attempts.filter(({ dialled }) => dialled)} />
      {unreached.length > 0 && <Unreached calls={unreached} />}
      {others.length > 0 && <Others calls={others} />}
      {shown.some(({ completeness }) => completeness !== 'whole') && (
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
            <span dir="auto" lang="ru">
              {found.name ?? ''}
            </span>{' '}
            <span class="n muted">{phone(found.number)}</span>
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
                  <span dir="auto" lang={langOf(shipment.courier.name)}>
                    {shipment.courier.name ?? shipment.courier.code}
                  </span>
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

/** Between a failure and the next try, in ms. */
const RETRY_MS = 5000;

/**
 * Null until it is known; read anew when a call about it changes. Whatever fails is never shown as "nobody called": the
 * page is a proof.
 */
function useShipment(code: string): Signal<Known | 'failed' | null> {
  const known = useSignal<Known | 'failed' | null>(null);
  useEffect(() => {
    known.value = null;
    const life = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const { signal } = life;
    const load = (): void => {
      clearTimeout(retry);
      const encoded = encodeURIComponent(code);
      Promise.all([
        ask<{ attempts: Attempt[] }>(`/api/shipments/${encoded}/attempts`, { signal }),
        ask<{ calls: PageCall[] }>(`/api/calls?kind=shipment&code=${encoded}&limit=200`, { signal }),
      ]).then(
        ([{ attempts }, { calls }]) => {
          known.value = { attempts, calls };
        },
        () => {
          if (signal.aborted) return;
          known.value ??= 'failed';
          clearTimeout(retry);
          retry = setTimeout(load, RETRY_MS);
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
      clearTimeout(retry);
      life.abort();
    };
  }, [code]);
  return known;
}
