import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { Users } from '../../src/accounts/users.ts';
import { openSqlite } from '../../src/journal/sqlite/engine.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, type DeskHome } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openDesks, PASSWORD, SHOWN, type Desks } from './office.ts';

/* An office with two Asterisks, whose pages stay open while things change: an Asterisk, the user, the desk's part. */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
/** Asterisk is looked for again and again, with growing pauses. */
const BACK = { timeout: 60_000 };
/** The desk looks every 15 s whether who follows it still may. */
const NOTICED = { timeout: 45_000 };

const closing = new Cleanups();
const main = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
const east = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
let office: Desks;
let home: DeskHome;
let users: Users;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  for (const asterisk of [main, east]) {
    await asterisk.start();
    closing.add(() => asterisk.stop());
  }
  home = await makeDeskHome();
  users = new Users(join(home.folder, 'users.json'));
  const secretFile = join(home.folder, 'ami-secret');
  const sectionOf = (name: string, { port }: PlayedAsterisk) => ({
    name,
    port,
    username: ACCOUNT.username,
    secretFile,
  });
  office = await openDesks(
    closing,
    [
      { name: 'olga', role: 'operator', extensions: ['101'] },
      { name: 'irina', role: 'operator', extensions: ['104'] },
    ],
    {
      home,
      ami: { port: main.port, ...ACCOUNT },
      sections: { asterisk: [sectionOf('main', main), sectionOf('east', east)] },
    },
  );
  context = await office.open('olga');
  page = await office.page(context);
}, OFFICE_START_MS);
afterAll(closing.run);

const lost = (text: RegExp) => page.locator('.head.lost', { hasText: text });
const card = (state: string) => page.locator(`.card[data-state="${state}"]`);

/** A call to one telephone. Ends with the call. */
function talk(asterisk: PlayedAsterisk, telephone: string, ringSeconds: number, talkSeconds: number) {
  return asterisk.play(
    inbound(asterisk.ids, {
      from: '79162000001',
      to: '74950000000',
      rings: [telephone],
      answeredBy: telephone,
      ringSeconds,
      talkSeconds,
      endedBy: 'caller',
    }),
  );
}

/** In ms; there is no other time in summer. */
function nextMidnightInMoscow(): number {
  const [hour, day] = [3_600_000, 86_400_000];
  return Math.ceil((Date.now() + 3 * hour) / day) * day - 3 * hour;
}

describe('of two Asterisks one is away', () => {
  test('the calls of the other one stay live: clock, buttons and sound', async () => {
    const there = talk(east, '102', 0.3, 30);
    // Both telephones are hers.
    await card('talking').waitFor(SHOWN);
    await east.stop();
    await lost(/Нет связи с Asterisk east, данные на \d/).waitFor(SHOWN);
    await page.locator('.calls li.stale').waitFor(SHOWN);
    await page.locator('.card.stale').waitFor(SHOWN);

    const here = talk(main, '101', 6, 8);
    await card('ringing').waitFor(SHOWN);
    await page.locator('html[data-sounding]').waitFor({ state: 'attached', ...SHOWN });
    await card('talking').waitFor(SHOWN);
    expect(await page.locator('.card.stale').count()).toBe(0);
    const end = page.getByRole('button', { name: 'Завершить' });
    expect(await end.getAttribute('aria-disabled')).toBe('false');
    const stopped = page.locator('.calls li.stale .timer');
    const [before, running] = [
      await stopped.textContent(),
      await card('talking').locator('.timer').textContent(),
    ];
    await page.waitForTimeout(2200);
    expect(await stopped.textContent()).toBe(before);
    expect(await card('talking').locator('.timer').textContent()).not.toBe(running);
    await here;
    await there;
  }, 180_000);

  test('an open journal shows the gap as soon as it is over', async () => {
    const journal = await context.newPage();
    await journal.goto(`${office.url}/journal`);
    await journal.locator('.t-calls tbody tr').first().waitFor(SHOWN);
    await east.start();
    await lost(/east/).waitFor({ state: 'detached', ...BACK });
    const gap = journal.locator('tr.gap', { hasText: 'Журнал неполон' });
    await gap.waitFor(SHOWN);
    // Its end is another moment than its beginning.
    await eventually('it is over', async () => {
      const [, from, until] = /(\d+:\d+:\d+)–(\d+:\d+:\d+)/.exec((await gap.textContent()) ?? '') ?? [];
      return from !== undefined && from !== until;
    });
    await journal.close();
  }, 180_000);
});

test('an open call that became a part of another one gives its place to that one', async () => {
  const [into, gone] = await office.desk().calls();
  if (into === undefined || gone === undefined) throw new Error('No calls.');
  const journal = await context.newPage();
  await journal.goto(`${office.url}/journal/${gone.id}?direction=in`);
  const row = journal.locator(`a.row[href*="${gone.id}"]`);
  await Promise.all([row.waitFor(SHOWN), journal.locator('#call-h').waitFor(SHOWN)]);
  // As the tab tells the others that reads the events for them.
  const event = { id: '', name: 'joined', data: JSON.stringify({ id: gone.id, into: into.id }) };
  await page.evaluate((it) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    new BroadcastChannel('courier-agi-events').postMessage({ kind: 'event', event: it });
  }, event);
  await journal.waitForURL(`**/journal/${into.id}?direction=in`, SHOWN);
  await row.waitFor({ state: 'detached', ...SHOWN });
  await journal.close();
}, 60_000);

test('a desk that leaves the calls to another one shows none as live', async () => {
  const played = talk(main, '101', 0.3, 30);
  await card('talking').waitFor(SHOWN);
  const journal = openSqlite(join(home.folder, 'journal.db'));
  // As another desk that follows renews it.
  const take = journal.prepare("update leases set holder = 'other', renewed_at = ?");
  const renewing = setInterval(() => take.run(Date.now()), 500);
  await lost(/За звонками следит другая служба, здесь данные на \d/).waitFor(NOTICED);
  await page.locator('.card.stale').waitFor(SHOWN);
  clearInterval(renewing);
  journal.exec("update leases set holder = ''");
  journal.close();
  await lost(/другая служба/).waitFor({ state: 'detached', ...NOTICED });
  await played;
}, 120_000);

describe('an address that is no text', () => {
  test.each([
    ['/journal/%E0', 'Такого звонка нет'],
    ['/shipments/%E0', 'Такой страницы нет'],
  ])(
    '%s: the page says so',
    async (path, text) => {
      const other = await context.newPage();
      await other.goto(`${office.url}${path}`);
      await other.getByText(text).first().waitFor(SHOWN);
      await other.close();
    },
    60_000,
  );
});

describe('while a page is open', () => {
  test('the journal of today begins anew at midnight', async () => {
    const midnight = nextMidnightInMoscow();
    const journal = await context.newPage();
    // Pages keep the desk's time: four seconds to midnight.
    const shift = midnight - 4000 - Date.now();
    const answers: string[] = [];
    await journal.route('**/api/**', async (route) => {
      if (route.request().url().endsWith('/api/events')) return route.continue();
      const response = await route.fetch();
      answers.push(route.request().url());
      const date = new Date(Date.now() + shift).toUTCString();
      await route.fulfill({ response, headers: { ...response.headers(), date } });
    });
    await journal.goto(`${office.url}/journal?when=today`);
    await journal.locator('.t-calls a.row').first().waitFor(SHOWN);
    await journal
      .locator('.t-calls a.row')
      .first()
      .waitFor({ state: 'detached', ...SHOWN });
    const asked = answers
      .filter((url) => url.includes('/api/calls?'))
      .flatMap((url) => new URL(url).searchParams.get('since') ?? []);
    expect(asked.at(-1)).toBe(new Date(midnight).toISOString());
    await journal.close();
  }, 60_000);

  test('another role and other telephones reach it', async () => {
    users.change('olga', { role: 'supervisor', extensions: ['105'] });
    await page.getByText('ваш телефон 105').waitFor(NOTICED);
    await page.locator('nav').getByRole('link', { name: 'Состояние' }).waitFor(SHOWN);
    await page.locator('.link.ok').waitFor(SHOWN);
    const played = talk(main, '105', 0.3, 3);
    await card('talking').waitFor(SHOWN);
    await played;
  }, 120_000);

  test('it is loaded anew when somebody else signs in in the same browser', async () => {
    await page.locator('html').evaluate((html) => html.setAttribute('data-before', ''));
    const answer = await context.request.post(`${office.url}/api/session`, {
      headers: { origin: office.url },
      data: { name: 'irina', password: PASSWORD },
    });
    expect(answer.ok()).toBe(true);
    await page.getByText('ваш телефон 104').waitFor(NOTICED);
    expect(await page.locator('html[data-before]').count()).toBe(0);
  }, 120_000);
});
