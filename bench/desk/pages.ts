import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { openDesks } from '../../test/browser/office.ts';
import { Cleanups } from '../../test/lab/cleanups.ts';
import { makeDeskHome } from '../../test/lab/desk-process.ts';
import { fillJournal } from '../../test/lab/journal/fill-journal.ts';
import { CUSTOMERS, numberOfCustomer } from '../../test/lab/journal/year-of-calls.ts';
import { quantile } from '../statistics.ts';
import { ACCOUNT } from './played-calls.ts';

export interface PagesFigures {
  /** By what was asked for: the middle and the longest of some tries, ms, until the rows are painted. */
  readonly times: ReadonlyMap<string, { readonly p50: number; readonly max: number }>;
}

const TRIES = 7;
const HOUR_MS = 3_600_000;

const number = (n: number): string => numberOfCustomer((n * 7919) % CUSTOMERS);

/** A filter of the journal, as it stands in the address; each try asks for another value where there are many. */
const FILTERS = new Map<string, (n: number) => string>([
  ['today', () => 'when=today'],
  ['7 days', () => 'when=week'],
  ['30 days', () => 'when=month'],
  ['inbound', () => 'direction=in'],
  ['outbound, one call in 1,000', () => 'direction=out'],
  ['internal, one call in 1,000', () => 'direction=internal'],
  ['test calls, of which there are none', () => 'direction=test'],
  ['missed', () => 'outcome=missed'],
  ['not called back', () => 'outcome=open'],
  ['answered', () => 'outcome=answered'],
  ['busy', () => 'outcome=busy'],
  ['refused, one call in 30,000', () => 'outcome=refused'],
  ['unreachable, of which there are none', () => 'outcome=unreachable'],
  ['one number', (n) => `number=${number(n)}`],
  ['the last four digits of a number', (n) => `number=${number(n).slice(-4)}`],
  ['an extension', (n) => `extension=${101 + n}`],
  ['a colleague', (n) => `user=user${n}`],
  ['a shipment', (n) => `kind=shipment&code=${70_000 + n * 1009}`],
  ['a courier', (n) => `kind=courier&code=${10 + n}`],
  ['a number, missed, in 30 days', (n) => `number=${number(n)}&outcome=missed&when=month`],
  ['a colleague, outbound', (n) => `user=user${n}&direction=out`],
]);

/**
 * A journal of a year in a real Chromium.
 *
 * @param file of the journal: made where there is none, and kept; undefined: of this run alone
 */
export async function measurePages(calls: number, file: string | undefined): Promise<PagesFigures> {
  const closing = new Cleanups();
  try {
    const home = await makeDeskHome();
    closing.add(home.remove);
    const journal = file ?? join(home.folder, 'journal.db');
    if (!existsSync(journal)) await fillJournal(journal, calls, { until: Date.now() - HOUR_MS });
    const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
    await asterisk.start();
    closing.add(() => asterisk.stop());
    const office = await openDesks(closing, [{ name: 'olga', role: 'supervisor' }], {
      ami: { port: asterisk.port, ...ACCOUNT },
      home,
      journalUrl: `sqlite:${journal}`,
    });
    const times = new Map<string, number[]>();
    const note = (name: string, ms: number): void => {
      times.set(name, [...(times.get(name) ?? []), ms]);
    };
    const context = await office.open('olga');
    for (let n = 0; n < TRIES; n += 1) {
      const page = await context.newPage();
      note(
        'first page, the application loaded anew',
        await painted(page, () => page.goto(`${office.url}/journal`)),
      );
      await page.close();
    }
    await context.addInitScript(OBSERVER);
    const page = await office.page(context);
    await page.goto(`${office.url}/journal`);
    await page.locator('.t-calls tbody a.row').first().waitFor();
    for (const [name, query] of FILTERS) {
      for (let n = 1; n <= TRIES; n += 1) {
        note(name, await turned(page, `/journal?${query(n)}`));
        note('first page', await turned(page, '/journal'));
      }
    }
    return {
      times: new Map(
        [...times].map(([name, all]) => [name, { p50: quantile(all, 0.5), max: quantile(all, 1) }]),
      ),
    };
  } finally {
    await closing.run();
  }
}

/** From the start of a navigation until rows are painted. */
async function painted(page: Page, begin: () => Promise<unknown>): Promise<number> {
  await begin();
  await page.locator('.t-calls tbody a.row').first().waitFor();
  return page.evaluate<number>(
    'new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))))',
  );
}

/** Counts the answers of the journal that the page has read: `limit` is that of `src/web/journal/list.ts`. */
const OBSERVER = `
  globalThis.journalsRead = 0;
  const { fetch } = globalThis;
  globalThis.fetch = async (what, ...rest) => {
    const response = await fetch(what, ...rest);
    if (!String(what).includes('limit=30')) return response;
    const json = response.json.bind(response);
    response.json = async () => {
      const value = await json();
      journalsRead += 1;
      return value;
    };
    return response;
  };
`;

/** Goes to an address within the application, as a choice of a filter does. @returns ms until the new rows are painted */
function turned(page: Page, address: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const begun = performance.now();
    const before = journalsRead;
    history.pushState(null, '', ${JSON.stringify(address)});
    dispatchEvent(new PopStateEvent('popstate'));
    const frame = (next) => requestAnimationFrame(next);
    const look = () => journalsRead > before && document.querySelector('.list[aria-busy=false] :is(.t-calls tbody a.row, .empty)') !== null
      ? frame(() => setTimeout(() => resolve(performance.now() - begun)))
      : frame(look);
    frame(look);
  })`);
}
