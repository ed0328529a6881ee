import { batch, signal } from '@preact/signals';
import type { PageCall } from '../calls/page-call.ts';
import { onHappening, type Happening } from '../live/happening.ts';
import { answersFromNow, calls as known } from '../live/known-calls.ts';
import { apiQuery, matches, type Filters } from './filters.ts';
import { inserted, isAbove, type Place } from './place.ts';
import type { Gap } from './rows.ts';

export interface Page {
  readonly calls: readonly PageCall[];
  readonly next: string | null;
}

/** What the list asks the desk for; see `reader.ts`. */
export interface JournalReader {
  /** The desk's time in ms. */
  readonly time: () => number;
  readonly page: (query: URLSearchParams, signal: AbortSignal) => Promise<Page>;
  /** Null when there is no such call. */
  readonly call: (id: string, signal: AbortSignal) => Promise<PageCall | null>;
  readonly gaps: (query: URLSearchParams, signal: AbortSignal) => Promise<readonly Gap[]>;
}

/** Calls read at a time: what a screen shows, since drawing more of them takes longer than reading. The next ones follow at once. */
const PAGE = 30;
/** Pages that are read after the line was cut; where more has happened, the list begins anew. */
const MAX_MISSED_PAGES = 10;
/** Calls that are asked for one by one, at a time. */
const MAX_UNSURE = 30;

/** The calls that match the filters, newest first: read page by page, kept up to date while the list is open. */
export class JournalList {
  readonly calls = signal<readonly PageCall[]>([]);
  readonly gaps = signal<readonly Gap[]>([]);
  /** `more` while there is more than has been read. */
  readonly state = signal<'loading' | 'more' | 'whole' | 'failed'>('loading');
  /** Calls that have come since, newest first, and wait until the reader wants them. */
  readonly fresh = signal<readonly PageCall[]>([]);
  readonly #filters: Filters;
  readonly #life = new AbortController();
  readonly #isReading: () => boolean;
  readonly #reader: JournalReader;
  /** Told by events: the journal may be behind. */
  readonly #toldGaps = new Map<string, Gap>();
  #next: string | null = null;
  #loading: Promise<void> | undefined;
  /** The last call of the pages that have been read: what stands below comes with the next one. */
  #floor: Place | null = null;
  #hasBegun = false;
  /** From here down no call was missed, as far as pages were read. */
  #sure: Place | null = null;
  #catching: 'no' | 'yes' | 'again' = 'no';

  /** @param isReading whether new rows would move what somebody reads */
  constructor(filters: Filters, isReading: () => boolean, reader: JournalReader) {
    this.#filters = filters;
    this.#isReading = isReading;
    this.#reader = reader;
    void this.#load();
    const end = onHappening((what) => this.#onHappening(what));
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
    batch(() => {
      this.calls.value = this.fresh.value.toReversed().reduce(inserted, this.calls.value);
      this.fresh.value = [];
    });
  }

  close(): void {
    this.#life.abort();
  }

  #onHappening(what: Happening): void {
    switch (what.name) {
      case 'call':
        return this.#take(what.call);
      case 'joined':
        return this.#remove(what.id);
      case 'gap':
        this.#toldGaps.set(keyOf(what.gap), what.gap);
        return this.#showGaps(this.gaps.value);
      case 'reloaded':
        void this.#catchUp();
    }
  }

  #load(): Promise<void> {
    this.#loading ??= this.#loadPage().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadPage(): Promise<void> {
    this.state.value = 'loading';
    try {
      const { calls, next } = await this.#read(this.#next);
      batch(() => {
        const shown = new Set([...this.calls.value, ...this.fresh.value].map(({ id }) => id));
        this.calls.value = [...this.calls.value, ...calls.filter(({ id }) => !shown.has(id))];
        this.#next = next;
        this.#floor = calls.at(-1) ?? this.#floor;
        if (!this.#hasBegun) this.#sure = calls[0] ?? null;
        this.#hasBegun = true;
        this.state.value = next === null ? 'whole' : 'more';
        this.#takeKnown();
      });
      void this.#loadGaps();
    } catch {
      if (!this.#life.signal.aborted) this.state.value = 'failed';
    }
  }

  /** A page as the desk tells it, or newer where the events have told more meanwhile. */
  async #read(cursor: string | null): Promise<Page> {
    const query = apiQuery(this.#filters, this.#reader.time());
    query.set('limit', String(PAGE));
    if (cursor !== null) query.set('cursor', cursor);
    const answers = answersFromNow();
    const { calls, next } = await this.#reader.page(query, this.#life.signal);
    return { calls: calls.map(answers.newest).filter((call) => call !== null), next };
  }

  async #loadGaps(): Promise<void> {
    const oldest = this.calls.value.at(-1)?.startedAt;
    if (oldest === undefined) return;
    const asked = apiQuery(this.#filters, this.#reader.time());
    const query = new URLSearchParams();
    const since = this.#isWhole() ? asked.get('since') : oldest;
    const until = asked.get('until');
    if (since !== null) query.set('since', since);
    if (until !== null) query.set('until', until);
    const gaps = await this.#reader.gaps(query, this.#life.signal).catch(() => null);
    if (gaps !== null) this.#showGaps(gaps);
  }

  #showGaps(gaps: readonly Gap[]): void {
    const asked = apiQuery(this.#filters, this.#reader.time());
    const since = asked.get('since') ?? '';
    const until = asked.get('until');
    const all = new Map(gaps.map((gap) => [keyOf(gap), gap]));
    for (const [key, gap] of this.#toldGaps) {
      const isWanted = gap.until >= since && (until === null || gap.from < until);
      // One that is over replaces its own beginning.
      if (isWanted && gap.until > (all.get(key)?.until ?? '')) all.set(key, gap);
    }
    this.gaps.value = [...all.values()];
  }

  #isWhole(): boolean {
    return this.#hasBegun && this.#next === null;
  }

  /** Values change in place; a new row waits while somebody reads. */
  #take(call: PageCall, isFound = false): void {
    const replace = (calls: readonly PageCall[]): readonly PageCall[] =>
      calls.map((one) => (one.id === call.id ? call : one));
    if (this.calls.value.some(({ id }) => id === call.id)) this.calls.value = replace(this.calls.value);
    else if (this.fresh.value.some(({ id }) => id === call.id)) this.fresh.value = replace(this.fresh.value);
    else if (this.#isInRange(call) && (isFound || matches(call, this.#filters, this.#reader.time()))) {
      this.fresh.value = inserted(this.fresh.value, call);
      if (!this.#isReading()) this.showFresh();
    }
  }

  /** Not before the first page is there, and not where the next one has it. */
  #isInRange(call: Place): boolean {
    return this.#hasBegun && (this.#isWhole() || this.#floor === null || isAbove(call, this.#floor));
  }

  /** What the events told while a page was on its way, or were told elsewhere on this page. */
  #takeKnown(): void {
    for (const call of known.peek().values()) this.#take(call);
  }

  #remove(id: string): void {
    const without = (calls: readonly PageCall[]): readonly PageCall[] => calls.filter((one) => one.id !== id);
    if (this.calls.value.some((one) => one.id === id)) this.calls.value = without(this.calls.value);
    if (this.fresh.value.some((one) => one.id === id)) this.fresh.value = without(this.fresh.value);
  }

  /** After the line was cut: what changed meanwhile. One at a time. */
  async #catchUp(): Promise<void> {
    if (this.#catching !== 'no') {
      this.#catching = 'again';
      return;
    }
    do {
      this.#catching = 'yes';
      if (this.state.value === 'failed') void this.#load();
      await this.#loading;
      batch(() => this.#takeKnown());
      await Promise.all([this.#readMissed(), this.#readUnsure(), this.#loadGaps()]);
    } while (this.#isCaughtByMore() && !this.#life.signal.aborted);
    this.#catching = 'no';
  }

  #isCaughtByMore(): boolean {
    return this.#catching === 'again';
  }

  /** The calls since the newest one that was there before the cut. */
  async #readMissed(): Promise<void> {
    const missed: PageCall[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < MAX_MISSED_PAGES; pages++) {
      const page: Page | null = await this.#read(cursor).catch(() => null);
      // The next time begins where this one did.
      if (page === null || !this.#hasBegun || this.#life.signal.aborted) return;
      missed.push(...page.calls);
      cursor = page.next;
      const last = page.calls.at(-1);
      const sure = this.#sure;
      const isAll = cursor === null || (sure !== null && last !== undefined && !isAbove(last, sure));
      if (!isAll) continue;
      batch(() => {
        for (const call of missed.toReversed()) this.#take(call, true);
      });
      this.#sure = missed[0] ?? sure;
      return;
    }
    await this.#loading;
    this.#begin(missed, cursor);
  }

  /** More has happened than the list can take in: what lies between would be missing without a word. */
  #begin(calls: readonly PageCall[], next: string | null): void {
    batch(() => {
      this.calls.value = calls;
      this.fresh.value = [];
      this.#next = next;
      this.#floor = calls.at(-1) ?? null;
      this.#sure = calls[0] ?? null;
      this.state.value = next === null ? 'whole' : 'more';
      this.#takeKnown();
    });
  }

  /** Rows that still count as going on, of which the desk does not say so. */
  async #readUnsure(): Promise<void> {
    const unsure = [...this.calls.value, ...this.fresh.value].filter(
      ({ id, state }) => state !== 'ended' && !known.peek().has(id),
    );
    await Promise.all(
      unsure.slice(0, MAX_UNSURE).map(async ({ id }) => {
        const answers = answersFromNow();
        const call = await this.#reader.call(id, this.#life.signal).catch(() => undefined);
        const newest = call && answers.newest(call);
        if (newest === null) this.#remove(id);
        else if (newest !== undefined) this.#take(newest, true);
      }),
    );
  }
}

function keyOf({ asterisk, from }: Gap): string {
  return `${asterisk} ${from}`;
}
