import type { RefObject } from 'preact';
import { computed, effect, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { apiQuery, areOfOneDay, filterParams, parseFilters } from '../../journal/filters.ts';
import { JournalList } from '../../journal/list.ts';
import { journalReader } from '../../journal/reader.ts';
import type { Me } from '../../calls/page-call.ts';
import { deskTime, now } from '../../live/clock.ts';
import { Icon } from '../../parts/icon.tsx';
import { useTitle } from '../../parts/title.ts';
import { address, decoded } from '../../router.ts';
import { PageHead } from '../../shell/page-head.tsx';
import { formats, texts } from '../../text/text.ts';
import { CallPanel } from './call-panel.tsx';
import { FilterBar } from './filter-bar.tsx';
import { CallTable } from './call-table.tsx';

/** How long the rows of other filters stay at most, in ms. */
const STAY_MS = 500;

/** The page may be open over midnight, when "today" becomes another day. */
const today = computed(() => formats.value.dayKey(now.value));

/** A list, and the filters that it was read with, as they stand in the address. */
interface Shown {
  readonly list: JournalList;
  readonly query: string;
}

/** All calls, with the filters and the opened call in the address. */
export function Journal({ me }: { readonly me: Me }) {
  const t = texts.value;
  useTitle(t.pages.journal);
  const { pathname, searchParams } = address.value;
  const inAddress = pathname.split('/')[2] ?? '';
  // What is no text is no id either: the desk says so.
  const opened = decoded(inAddress) ?? inAddress;
  const filters = parseFilters(searchParams);
  const key = filterParams(filters).toString();
  const table = useRef<HTMLElement>(null);
  const read = useDay(table);
  const day = areOfOneDay(filters) ? read : '';
  const shown = useSignal<Shown | null>(null);
  const isOpening = useSignal(true);
  useEffect(() => {
    const opening = new JournalList(filters, () => isReading(table), journalReader);
    isOpening.value = true;
    const show = (): void => {
      const before = shown.peek();
      if (before?.list === opening) return;
      shown.value = { list: opening, query: key };
      // Other rows are read from the first one on.
      if (before !== null && before.query !== key) window.scrollTo(0, 0);
    };
    // The rows before stay until the new ones are there, if that is soon: nothing jumps, and what is in both is not drawn again.
    const patience = setTimeout(show, STAY_MS);
    const end = effect(() => {
      const isRead = opening.state.value !== 'loading' || opening.calls.value.length > 0;
      isOpening.value = !isRead;
      if (isRead || shown.peek() === null) show();
    });
    return () => {
      clearTimeout(patience);
      end();
      opening.close();
    };
  }, [key, day]);
  const isOpenedHere = useReturnOfFocus(opened, table);
  const csv = useMemo(() => apiQuery(filters, deskTime()), [key, day]);
  csv.set('format', 'csv');
  const list = shown.value?.list;
  const fresh = isOpening.value ? 0 : (list?.fresh.value.length ?? 0);
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.journal}>
        {fresh > 0 && (
          <button type="button" class="btn" onClick={() => list?.showFresh()}>
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
            {shown.value !== null && <CallTable {...shown.value} opened={opened} />}
          </section>
          {opened !== '' && (
            <CallPanel key={opened} id={opened} me={me} query={key} isOpenedHere={isOpenedHere} />
          )}
        </div>
      </div>
    </main>
  );
}

/** New rows wait unless the list stands at its top, and nobody reads in it. */
function isReading({ current: box }: RefObject<HTMLElement | null>): boolean {
  return box !== null && (box.matches(':hover, :focus-within') || box.getBoundingClientRect().top < 0);
}

/** The day that the list is read for; whoever reads over midnight keeps the rows until they are done. */
function useDay(table: RefObject<HTMLElement | null>): string {
  const day = useSignal(today.peek());
  useSignalEffect(() => {
    // Each second.
    void now.value;
    if (day.peek() !== today.value && !isReading(table)) day.value = today.value;
  });
  return day.value;
}

/**
 * Gives the focus back to the row of the call that was opened, when it is closed.
 *
 * @returns whether a call was opened or closed since the page is there: by an address alone no focus moves
 */
function useReturnOfFocus(opened: string, table: RefObject<HTMLElement | null>): boolean {
  const before = useRef(opened);
  const hasMoved = useRef(false);
  if (opened !== before.current) hasMoved.current = true;
  useEffect(() => {
    const closed = before.current;
    before.current = opened;
    if (opened !== '' || closed === '' || document.activeElement !== document.body) return;
    const path = `/journal/${encodeURIComponent(closed)}`;
    const rows = [...(table.current?.querySelectorAll<HTMLAnchorElement>('a.row') ?? [])];
    (rows.find(({ pathname }) => pathname === path) ?? document.getElementById('main'))?.focus();
  }, [opened]);
  return hasMoved.current;
}
