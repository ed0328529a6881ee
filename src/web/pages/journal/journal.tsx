import { effect, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { apiQuery, filterParams, parseFilters } from '../../journal/filters.ts';
import { JournalList } from '../../journal/list.ts';
import type { Me } from '../../calls/page-call.ts';
import { deskTime } from '../../live/clock.ts';
import { Icon } from '../../parts/icon.tsx';
import { useTitle } from '../../parts/title.ts';
import { address } from '../../router.ts';
import { PageHead } from '../../shell/page-head.tsx';
import { texts } from '../../text/text.ts';
import { CallPanel } from './call-panel.tsx';
import { FilterBar } from './filter-bar.tsx';
import { CallTable } from './call-table.tsx';

/** How long the rows of other filters stay at most, in ms. */
const STAY_MS = 500;

/** All calls, with the filters and the opened call in the address. */
export function Journal({ me }: { readonly me: Me }) {
  const t = texts.value;
  useTitle(t.pages.journal);
  const { pathname, searchParams } = address.value;
  const opened = decodeURIComponent(pathname.split('/')[2] ?? '');
  const filters = parseFilters(searchParams);
  const key = filterParams(filters).toString();
  const table = useRef<HTMLElement>(null);
  const list = useSignal<JournalList | null>(null);
  const isOpening = useSignal(true);
  useEffect(() => {
    // New rows wait unless the list stands at its top, and nobody reads in it.
    const isReading = (): boolean => {
      const box = table.current;
      return box !== null && (box.matches(':hover, :focus-within') || box.getBoundingClientRect().top < 0);
    };
    const opening = new JournalList(filters, isReading);
    isOpening.value = true;
    const show = (): void => {
      list.value = opening;
    };
    // The rows before stay until the new ones are there, if that is soon: nothing jumps, and what is in both is not drawn again.
    const patience = setTimeout(show, STAY_MS);
    const end = effect(() => {
      const isRead = opening.state.value !== 'loading' || opening.calls.value.length > 0;
      isOpening.value = !isRead;
      if (isRead || list.peek() === null) show();
    });
    return () => {
      clearTimeout(patience);
      end();
      opening.close();
    };
  }, [key]);
  const csv = useMemo(() => apiQuery(filters, deskTime()), [key]);
  csv.set('format', 'csv');
  const fresh = list.value?.fresh.value.length ?? 0;
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.journal}>
        {fresh > 0 && (
          <button type="button" class="btn" onClick={() => list.value?.showFresh()}>
            {t.journal.fresh(fresh)}
          </button>
        )}
        <span class="grow" />
        <a class="btn quiet" href={`/api/calls?${csv}`} download="calls.csv">
          <Icon name="save" />
          {t.journal.csv}
        </a>
      </PageHead>
      <FilterBar filters={filters} />
      <div class="body">
        <div class={opened === '' ? 'split' : 'split opened'}>
          <section class="panel list" aria-label={t.journal.list} aria-busy={isOpening.value} ref={table}>
            {list.value !== null && (
              <CallTable list={list.value} opened={opened} query={key} hasFilters={key !== ''} />
            )}
          </section>
          {opened !== '' && <CallPanel key={opened} id={opened} me={me} query={key} />}
        </div>
      </div>
    </main>
  );
}
