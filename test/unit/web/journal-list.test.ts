import { afterEach, describe, expect, test } from '@jest/globals';
import type { PageCall } from '../../../src/web/calls/page-call.ts';
import { NO_FILTERS, type Filters } from '../../../src/web/journal/filters.ts';
import { JournalList, type JournalReader, type Page } from '../../../src/web/journal/list.ts';
import type { Gap } from '../../../src/web/journal/rows.ts';
import { tell } from '../../../src/web/live/happening.ts';
import { answersFromNow, forgetCalls, replaceCalls, takeEvent } from '../../../src/web/live/known-calls.ts';
import { eventually } from '../../lab/eventually.ts';
import { at, call } from './calls.ts';

const MISSED: Filters = { ...NO_FILTERS, outcome: 'missed' };
const PAGE = 30;

/** A journal that answers as the desk does: the newest first, 30 at a time. */
class Journal implements JournalReader {
  calls: PageCall[] = [];
  told: Gap[] = [];
  /** Waited for before a page is answered, with what was there when it was asked for. */
  delay: Promise<unknown> = Promise.resolve();
  pages = 0;
  readonly time = (): number => Date.parse(at('9:30:00'));
  readonly page = async (query: URLSearchParams): Promise<Page> => {
    this.pages++;
    const wanted = this.calls
      .filter(({ missed }) => missed || query.get('missed') === null)
      .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    await this.delay;
    const from = Number(query.get('cursor') ?? 0);
    const isMore = wanted.length > from + PAGE;
    return { calls: wanted.slice(from, from + PAGE), next: isMore ? String(from + PAGE) : null };
  };
  readonly call = async (id: string): Promise<PageCall | null> =>
    this.calls.find((one) => one.id === id) ?? null;
  readonly gaps = async (): Promise<readonly Gap[]> => this.told;
}

/** The n-th call of a morning. */
const numbered = (n: number, parts: Partial<PageCall> = {}): PageCall =>
  call({
    id: `main-${String(n).padStart(4, '0')}`,
    startedAt: new Date(Date.parse(at('8:00:00')) + n * 1000).toISOString(),
    state: 'ended',
    ...parts,
  });
const missed = (one: PageCall): PageCall => ({ ...one, state: 'ended', missed: true, outcome: 'no_answer' });
const happens = (one: PageCall): void => takeEvent({ name: 'call', data: JSON.stringify(one) });
const idsOf = (calls: readonly PageCall[]): string[] => calls.map(({ id }) => id.slice(-4));

let list: JournalList;
afterEach(() => {
  list.close();
  forgetCalls();
});

async function open(journal: Journal, filters = NO_FILTERS, isReading = () => false): Promise<void> {
  list = new JournalList(filters, isReading, journal);
  await eventually('the first page is there', () => list.state.value !== 'loading');
}

/** The desk is within reach again, and says what goes on. */
function reload(live: readonly PageCall[] = []): void {
  const before = answersFromNow();
  replaceCalls(live, [], before);
  tell({ name: 'reloaded' });
}

describe('a call that comes to match the filters at its end', () => {
  const [a, b] = [numbered(0), numbered(5)];

  test('stands at its place, though another one that began later was there first', async () => {
    await open(new Journal(), MISSED);
    happens(missed(b));
    happens(missed(a));
    expect(idsOf(list.calls.value)).toEqual(['0005', '0000']);
    happens({ ...missed(a), note: 'called' });
    expect(list.calls.value[1]?.note).toBe('called');
  });

  test('waits with the new ones while somebody reads', async () => {
    const journal = new Journal();
    journal.calls = [missed(b)];
    await open(journal, MISSED, () => true);
    happens(missed(a));
    happens(missed(numbered(7)));
    expect([idsOf(list.calls.value), idsOf(list.fresh.value)]).toEqual([['0005'], ['0007', '0000']]);
    list.showFresh();
    expect([idsOf(list.calls.value), idsOf(list.fresh.value)]).toEqual([['0007', '0005', '0000'], []]);
  });

  test('is left to the next page where it stands below what was read', async () => {
    const journal = new Journal();
    journal.calls = Array.from({ length: 40 }, (_, n) => missed(numbered(n + 10)));
    await open(journal, MISSED);
    journal.calls.push(missed(a));
    happens(missed(a));
    expect(list.calls.value).toHaveLength(30);
    list.more();
    await eventually('the second page is there', () => list.state.value === 'whole');
    expect(idsOf(list.calls.value.slice(-2))).toEqual(['0010', '0000']);
  });

  test('is there when it ended while a page was on its way', async () => {
    const journal = new Journal();
    journal.calls = [missed(b), numbered(0, { state: 'ringing' })];
    let answer: (value?: unknown) => void = () => undefined;
    journal.delay = new Promise((resolve) => {
      answer = resolve;
    });
    list = new JournalList(MISSED, () => false, journal);
    happens(missed(a));
    answer();
    await eventually('the first page is there', () => list.state.value === 'whole');
    expect(idsOf(list.calls.value)).toEqual(['0005', '0000']);
  });
});

describe('after the line was cut', () => {
  const before = Array.from({ length: 20 }, (_, n) => numbered(n));

  test('no call is missing between those before and those after, however many there are', async () => {
    const journal = new Journal();
    journal.calls = before;
    await open(journal);
    journal.calls = Array.from({ length: 75 }, (_, n) => numbered(n));
    // The first event after the cut is no sign that nothing is missing below it.
    happens(numbered(74));
    reload();
    await eventually('all are there', () => list.calls.value.length >= 75);
    expect(idsOf(list.calls.value)).toEqual(idsOf(journal.calls.toReversed()));
  });

  test('the list begins anew where more has happened than it can take in', async () => {
    const journal = new Journal();
    journal.calls = before;
    await open(journal);
    journal.calls = Array.from({ length: 1000 }, (_, n) => numbered(n));
    reload();
    await eventually('it begins anew', () => list.calls.value.length > 20);
    expect([list.calls.value.length, list.state.value]).toEqual([300, 'more']);
    list.more();
    await eventually('the next page is there', () => list.calls.value.length > 300);
    expect(idsOf(list.calls.value)).toEqual(idsOf(journal.calls.toReversed().slice(0, 330)));
  });

  test('no row counts as going on that has ended, or is no more', async () => {
    const journal = new Journal();
    const live = [0, 1].map((n) => numbered(n, { state: 'talking' }));
    journal.calls = [...live, ...Array.from({ length: 60 }, (_, n) => numbered(n + 10))];
    await open(journal);
    list.more();
    await eventually('all pages are there', () => list.state.value === 'more');
    list.more();
    await eventually('all pages are there', () => list.state.value === 'whole');
    journal.calls = journal.calls
      .filter(({ id }) => id !== live[1]?.id)
      .map((one) => ({ ...one, state: 'ended' as const }));
    reload();
    await eventually('none goes on', () => list.calls.value.every(({ state }) => state === 'ended'));
    expect(idsOf(list.calls.value).slice(-2)).toEqual(['0010', '0000']);
  });

  test('of a quiet minute one page is read', async () => {
    const journal = new Journal();
    journal.calls = Array.from({ length: 90 }, (_, n) => numbered(n));
    await open(journal);
    journal.calls.push(numbered(90));
    reload();
    await eventually('the new one is there', () => list.calls.value.length === 31);
    expect(journal.pages).toBe(2);
  });

  test('a list that could not be read is read by itself', async () => {
    const journal = new Journal();
    journal.delay = Promise.reject(new Error('away'));
    await open(journal);
    expect(list.state.value).toBe('failed');
    journal.delay = Promise.resolve();
    journal.calls = before;
    reload();
    await eventually('it is there', () => list.calls.value.length === 20);
  });
});

describe('a call that became a part of another one', () => {
  test('leaves the list at once, and no answer that is on its way brings it back', async () => {
    const journal = new Journal();
    const [part, whole] = [numbered(1, { state: 'talking' }), numbered(2, { state: 'talking' })];
    journal.calls = [part, whole];
    await open(journal);
    takeEvent({ name: 'joined', data: JSON.stringify({ id: part.id, into: whole.id }) });
    expect(idsOf(list.calls.value)).toEqual(['0002']);
    reload([whole]);
    await eventually('it was read anew', () => journal.pages > 1);
    expect(idsOf(list.calls.value)).toEqual(['0002']);
  });
});

describe('a gap', () => {
  const gap = (until: string): Gap => ({ asterisk: 'main', from: at('8:10:00'), until, reason: 'away' });

  test('is shown when it is told, and while the journal is behind', async () => {
    const journal = new Journal();
    journal.calls = [numbered(1)];
    await open(journal);
    takeEvent({ name: 'gap', data: JSON.stringify({ gap: gap(at('8:12:00')) }) });
    expect(list.gaps.value).toEqual([gap(at('8:12:00'))]);
    // Its beginning stands in the journal since Asterisk is away.
    journal.told = [gap(at('8:10:00'))];
    reload();
    await eventually('it was read anew', () => journal.pages > 1);
    expect(list.gaps.value).toEqual([gap(at('8:12:00'))]);
  });

  test('is read again after the line was cut', async () => {
    const journal = new Journal();
    journal.calls = [numbered(1)];
    await open(journal);
    journal.told = [gap(at('8:12:00'))];
    reload();
    await eventually('it is shown', () => list.gaps.value.length === 1);
  });

  test('of another day is not shown', async () => {
    const journal = new Journal();
    journal.calls = [numbered(1)];
    await open(journal, { ...NO_FILTERS, when: 'range', from: '2026-11-20', until: '2026-11-21' });
    takeEvent({ name: 'gap', data: JSON.stringify({ gap: gap(at('8:12:00')) }) });
    expect(list.gaps.value).toEqual([]);
  });
});
