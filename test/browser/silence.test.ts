import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { startTcpProxy, type TcpProxy } from '../lab/databases/tcp-proxy.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, talk, type Office } from './office.ts';

/* Packets that vanish: nobody is told that the line is dead, neither the browser nor the desk. */

/** docs/desk.md promises 20 s; the rest is for a busy machine. */
const TOLD = { timeout: 30_000 };
/** A try, the pause after it, and an answer that never came. */
const BACK = { timeout: 60_000 };
/** Notes each time that the page begins or ceases to say that the connection is gone, in `window.told`. */
const WATCH = `
  window.told = [];
  new MutationObserver(() => {
    const isLost = document.querySelector('.head.lost') !== null;
    if (isLost !== (window.told.at(-1) ?? false)) window.told.push(isLost);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
`;

const closing = new Cleanups();
let office: Office;
/** Between the browser and the desk. */
let line: TcpProxy;
/** Between the desk and Asterisk. */
let ami: TcpProxy;
let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  const people = [{ name: 'olga', role: 'operator', extensions: ['101'] }] as const;
  office = await openOffice(closing, people, {}, async (port) => {
    ami = await startTcpProxy({ host: '127.0.0.1', port });
    closing.add(() => ami.stop());
    return ami.port;
  });
  line = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(office.url).port) });
  closing.add(() => line.stop());
  browser = await office.open('olga');
}, OFFICE_START_MS);
afterEach(async () => {
  for (const opened of browser.pages()) await opened.close();
});
afterAll(closing.run);

async function open(prepare: (page: Page) => Promise<void> = async () => undefined): Promise<Page> {
  const opened = await browser.newPage();
  await prepare(opened);
  await opened.goto(`http://127.0.0.1:${line.port}/`);
  await opened.locator('.link.ok').waitFor(SHOWN);
  await opened.evaluate(WATCH);
  return opened;
}

/** A call that nobody answers, on a colleague's telephone. */
function miss(from: string): Promise<void> {
  const call = { from, to: '74950000000', rings: ['103'], ringSeconds: 0.3 };
  return office.asterisk.play(missed(office.asterisk.ids, { ...call, because: 'nobody answers' }));
}

const lost = (on: Page, whom = 'сервером') => on.locator('.head.lost', { hasText: `Нет связи с ${whom}` });

/** The time of day that the page says its facts are of, in seconds. */
async function asOf(on: Page): Promise<number> {
  const [, hours, minutes, seconds] =
    /на (\d\d):(\d\d):(\d\d)/.exec((await on.locator('.head.lost').textContent()) ?? '') ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function secondsOfDay(time: Date): number {
  const [hours = 0, minutes = 0, seconds = 0] = time
    .toLocaleTimeString('en-GB', { timeZone: 'Europe/Moscow' })
    .split(':')
    .map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

async function followers(): Promise<number> {
  const metrics = (await office.desk().bytes('/metrics')).bytes.toString();
  return Number(/^courier_agi_desk_event_followers (\d+)$/m.exec(metrics)?.[1]);
}

/** It was told once, it is over once, by itself, and one stream stands. */
async function expectBackOnce(on: Page): Promise<void> {
  await lost(on).waitFor({ state: 'detached', ...BACK });
  await on.locator('.link.ok').waitFor(SHOWN);
  await eventually('the desk has one follower', async () => (await followers()) === 1, 30_000);
  // Longer than the second look at the facts. A page that was loaded anew would not know what was told.
  await on.waitForTimeout(3000);
  expect(await on.evaluate('window.told')).toEqual([true, false]);
}

describe('a network without a word', () => {
  test.each([
    { after: 'what was sent is delivered late', from: '79990000001', forgets: false },
    { after: 'the connections are forgotten', from: '79990000002', forgets: true },
  ])(
    'is told; when it is back, and $after, what was missed is there',
    async ({ from, forgets }) => {
      page = await open();
      const played = talk(office, 3);
      const card = page.locator('.card[data-state="talking"]');
      await card.waitFor(SHOWN);
      const call = await card.getAttribute('data-call');
      line.silence();
      const silentAt = new Date();
      await played;

      await lost(page).waitFor(TOLD);
      // Not as of the moment at which the silence was noticed.
      const before = secondsOfDay(silentAt) - (await asOf(page));
      expect(before).toBeGreaterThanOrEqual(-1);
      expect(before).toBeLessThan(7);
      await page.locator('.card.stale .word', { hasText: 'Шёл разговор' }).waitFor(SHOWN);
      expect(await page.locator('.card .state').getAttribute('class')).toBe('state lost');
      await page.locator('.panel.stale h2', { hasText: 'Звонки на' }).waitFor(SHOWN);
      expect(await page.locator('.link.ok').count()).toBe(0);
      const buttons = page.locator('.card .btn[aria-disabled="true"]');
      expect(await buttons.allTextContents()).toEqual(expect.arrayContaining(['Соединить с…', 'Завершить']));
      const clocks = async () => await page.locator('.timer').allTextContents();
      const stood = await clocks();
      await page.waitForTimeout(2200);
      expect(await clocks()).toEqual(stood);

      await miss(from);
      if (forgets) line.forgetConnections();
      line.mend();
      await expectBackOnce(page);
      await page.locator(`.card[data-call="${call ?? ''}"][data-state="over"]`).waitFor(SHOWN);
      const owed = page.locator('section[aria-labelledby="owed"] li');
      // As it is shown: two digits alone may stand in a clock as well.
      const ending = `${from.slice(-4, -2)}-${from.slice(-2)}`;
      await owed.filter({ hasText: ending }).first().waitFor(SHOWN);
      expect(await owed.filter({ hasText: ending }).count()).toBe(1);
      expect(await page.locator('section[aria-labelledby="live"] li:not(.gone)').count()).toBe(0);
    },
    180_000,
  );

  test('over a night: a machine that slept shows nothing of the day before as if it were now', async () => {
    page = await open((sleeper) => sleeper.clock.install());
    const played = talk(office, 1);
    await page.locator('.card[data-state="talking"]').waitFor(SHOWN);
    line.silence();
    line.forgetConnections();
    const silentAt = new Date();
    await played;
    await page.clock.fastForward('08:00:00');
    await lost(page).waitFor(TOLD);
    expect(Math.abs(secondsOfDay(silentAt) - (await asOf(page)))).toBeLessThan(7);
    line.mend();
    await expectBackOnce(page);
    await page.locator('.card[data-state="over"]').waitFor(SHOWN);

    // The browser's clock is eight hours off by now: lengths are told by the desk's.
    const another = talk(office, 4);
    const clock = page.locator('.card[data-state="talking"] .timer').first();
    await clock.waitFor(SHOWN);
    expect(await clock.textContent()).toMatch(/^0:0\d$/);
    await another;
  }, 180_000);

  test('between the desk and Asterisk is told as of when Asterisk was heard', async () => {
    page = await open();
    const played = talk(office, 3);
    const card = page.locator('.card[data-state="talking"]');
    await card.waitFor(SHOWN);
    const call = await card.getAttribute('data-call');
    ami.silence();
    const silentAt = new Date();
    await played;
    await lost(page, 'Asterisk').waitFor(TOLD);
    const before = secondsOfDay(silentAt) - (await asOf(page));
    expect(before).toBeGreaterThanOrEqual(-1);
    expect(before).toBeLessThan(7);
    await page.locator('.card.stale .word', { hasText: 'Шёл разговор' }).waitFor(SHOWN);
    ami.mend();
    await lost(page, 'Asterisk').waitFor({ state: 'detached', ...BACK });
    await page.locator(`.card[data-call="${call ?? ''}"][data-state="over"]`).waitFor(BACK);
    expect(await page.evaluate('window.told')).toEqual([true, false]);
  }, 180_000);

  test('between two tabs: one whose neighbour has the stream, and is frozen, says so as well', async () => {
    const leader = await open();
    page = await open();
    const machine = await browser.newCDPSession(leader);
    // As frozen as a page can be, and not only hidden.
    await machine.send('Debugger.enable');
    await machine.send('Debugger.pause');
    await lost(page).waitFor(TOLD);
    await machine.send('Debugger.resume');
    await expectBackOnce(page);
  }, 180_000);
});

test('whom the desk cannot look up is not asked for again and again', async () => {
  page = await open();
  let asked = 0;
  await page.route('**/api/people?*', (route) => {
    asked += 1;
    return route.abort();
  });
  await page.goto(`http://127.0.0.1:${line.port}/missed`);
  const rows = page.locator('.t-missed tbody tr');
  await rows.first().waitFor(SHOWN);
  await eventually('they are asked for', () => asked > 0);
  await page.waitForTimeout(3000);
  // Each row asks when it is drawn, and once more for the tries to call back.
  expect(asked).toBeLessThanOrEqual(2 * (await rows.count()));
});
