import { signal } from '@preact/signals';
import { ask } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { deskTime } from '../live/clock.ts';
import { onHappening } from '../live/live.ts';
import { apiQuery, matches, type Filters } from './filters.ts';
import type { Gap } from './rows.ts';

interface Page {
  readonly calls: readonly PageCall[];
  readonly next: string | null;
}

/** Calls read at a time: what a screen shows, since drawing more of them takes longer than reading. The next ones follow at once. */
const PAGE = 30;

/** The calls that match the filters, newest first: read page by page, kept up to date while the list is open. */
export class JournalList {
  readonly calls = signal<readonly PageCall[]>([]);
  readonly gaps = signal<readonly Gap[]>([]);
  /** `more` while there is more than has been read. */
  readonly state = signal<'loading' | 'more' | 'whole' | 'failed'>('loading');
  /** Calls that have begun since, and wait until the reader wants them. */
  readonly fresh = signal<readonly PageCall[]>([]);
  readonly #filters: Filters;
  readonly #life = new AbortController();
  readonly #isReading: () => boolean;
  #next: string | null = null;
  #isLoading = false;

  /** @param isReading whether new rows would move what somebody reads */
  constructor(filters: Filters, isReading: () => boolean) {
    this.#filters = filters;
    this.#isReading = isReading;
    void this.#load();
    const end = onHappening((what) => {
      if (what.name === 'call') this.#take(what.call);
      else void this.#catchUp();
    });
    this.#life.signal.addEventListener('abort', end);
  }

  /** Reads the next page; does nothing while one is being read. */
  more(): void {
    if (this.state.value === 'more') void this.#load();
  }

  retry(): void {
    if (this.state.value === 'failed') void this.#load();
  }

  showFresh(): void {
    this.calls.value = [...this.fresh.value, ...this.calls.value];
    this.fresh.value = [];
  }

  close(): void {
    this.#life.abort();
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.state.value = 'loading';
    try {
      const { calls, next } = await this.#read(this.#next);
      const known = new Set([...this.calls.value, ...this.fresh.value].map(({ id }) => id));
      this.calls.value = [...this.calls.value, ...calls.filter(({ id }) => !known.has(id))];
      this.#next = next;
      this.state.value = next === null ? 'whole' : 'more';
      void this.#loadGaps();
    } catch {
      if (!this.#life.signal.aborted) this.state.value = 'failed';
    } finally {
      this.#isLoading = false;
    }
  }

  #read(cursor: string | null): Promise<Page> {
    const query = apiQuery(this.#filters, deskTime());
    query.set('limit', String(PAGE));
    if (cursor !== null) query.set('cursor', cursor);
    return ask<Page>(`/api/calls?${query}`, { signal: this.#life.signal });
  }

  async #loadGaps(): Promise<void> {
    const oldest = this.calls.value.at(-1)?.startedAt;
    if (oldest === undefined) return;
    const asked = apiQuery(this.#filters, deskTime());
    const query = new URLSearchParams();
    const since = this.state.value === 'whole' ? asked.get('since') : oldest;
    const until = asked.get('until');
    if (since !== null) query.set('since', since);
    if (until !== null) query.set('until', until);
    const answer = await ask<{ gaps: Gap[] }>(`/api/gaps?${query}`, {
      signal: this.#life.signal,
    }).catch(() => null);
    if (answer !== null) this.gaps.value = answer.gaps;
  }

  /** Values change in place; a new row waits while somebody reads. */
  #take(call: PageCall): void {
    const replace = (calls: readonly PageCall[]): readonly PageCall[] =>
      calls.map((one) => (one.id === call.id ? call : one));
    if (this.calls.value.some(({ id }) => id === call.id)) this.calls.value = replace(this.calls.value);
    else if (this.fresh.value.some(({ id }) => id === call.id)) this.fresh.value = replace(this.fresh.value);
    else if (this.#isNew(call)) this.#add(call);
  }

  #isNew(call: PageCall): boolean {
    const newest = this.calls.value[0]?.startedAt ?? '';
    return (
      this.state.value !== 'loading' && call.startedAt >= newest && matches(call, this.#filters, deskTime())
    );
  }

  #add(call: PageCall): void {
    this.fresh.value = [call, ...this.fresh.value];
    if (!this.#isReading()) this.showFresh();
  }

  /** After the line was cut: what changed meanwhile, as far as the first page shows it. */
  async #catchUp(): Promise<void> {
    const page = await this.#read(null).catch(() => null);
    if (page === null || this.#life.signal.aborted) return;
    for (const call of page.calls.toReversed()) this.#take(call);
  }
}
