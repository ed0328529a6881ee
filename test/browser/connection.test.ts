import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, talk, type Office } from './office.ts';

const closing = new Cleanups();
let office: Office;
let page: Page;

beforeAll(async () => {
  office = await openOffice(closing, [{ name: 'olga', role: 'operator', extensions: ['101'] }]);
  page = await office.page(await office.open('olga'));
}, OFFICE_START_MS);
afterAll(closing.run);

const lost = (text: RegExp) => page.locator('.head.lost', { hasText: text });
/** Asterisk is looked for again and again, with growing pauses. */
const BACK = { timeout: 60_000 };

describe('a line that is cut', () => {
  test('of Asterisk: it is told, clocks stop, nothing can be dialled; then it comes back by itself', async () => {
    const played = talk(office, 60);
    await page.locator('.card[data-state="talking"]').waitFor(SHOWN);
    await office.asterisk.stop();
    await lost(/Нет связи с Asterisk, данные на \d/).waitFor(SHOWN);
    await page.locator('.card .word', { hasText: 'Шёл разговор' }).waitFor(SHOWN);
    const buttons = page.locator('.card .btn[aria-disabled="true"]');
    expect(await buttons.allTextContents()).toEqual(expect.arrayContaining(['Соединить с…', 'Завершить']));
    const clock = page.locator('.card .timer');
    const before = await clock.textContent();
    await page.waitForTimeout(2200);
    expect(await clock.textContent()).toBe(before);

    await office.asterisk.start();
    await lost(/Asterisk/).waitFor({ state: 'detached', ...BACK });
    await page.locator('.card .word', { hasText: 'Шёл разговор' }).waitFor({ state: 'detached', ...BACK });
    await played;
  }, 180_000);

  test('of the desk: it is told, and a restarted desk is found again, with the session', async () => {
    expect(await office.desk().terminate()).toBe(0);
    await lost(/Нет связи с сервером, данные на \d.*Звонки идут как обычно/).waitFor(SHOWN);
    await office.restart();
    await lost(/сервером/).waitFor({ state: 'detached', ...BACK });
    const played = talk(office, 4);
    await page.locator('.card[data-state="talking"]').waitFor(SHOWN);
    await page.locator('.card[data-state="over"]').waitFor(SHOWN);
    await played;
  }, 180_000);

  test('of a machine that slept: what was missed is read when it wakes', async () => {
    const machine = await page.context().newCDPSession(page);
    const [before] = await office.desk().calls();
    await machine.send('Page.setWebLifecycleState', { state: 'frozen' });
    await talk(office, 2);
    const newest = async () => (await office.desk().calls())[0];
    await eventually('another call is over', async () => {
      const call = await newest();
      return call !== undefined && call.id !== before?.id && call.state === 'ended';
    });
    await machine.send('Page.setWebLifecycleState', { state: 'active' });
    const call = await newest();
    await page.locator(`.card[data-call="${call?.id ?? ''}"][data-state="over"]`).waitFor(BACK);
    expect(await page.locator('.head.lost').count()).toBe(0);
  }, 180_000);

  test('of the desk, for good: a session that has ended leads to the sign-in, and back to the same page', async () => {
    await page.goto(`${office.url}/journal?outcome=answered`);
    await page.locator('.t-calls').waitFor(SHOWN);
    await page.context().request.delete(`${office.url}/api/session`, { headers: { origin: office.url } });
    await page.reload();
    await page.getByLabel('Пароль').waitFor(SHOWN);
    expect(new URL(page.url()).search).toBe('?outcome=answered');
  }, 120_000);
});
