import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { courierCallback, inbound, missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

const OFFICE_NUMBER = '74950000000';
const RECIPIENT = '79162000001';
const STRANGER = '79031234567';

const closing = new Cleanups();
let office: Office;
let context: BrowserContext;
/** Too narrow for the list and an opened call side by side. */
let page: Page;

beforeAll(async () => {
  office = await openOffice(closing, [
    { name: 'olga', role: 'operator', extensions: ['101'] },
    { name: 'marina', role: 'supervisor' },
  ]);
  const { asterisk } = office;
  await Promise.all([
    asterisk.play(
      missed(asterisk.ids, {
        from: RECIPIENT,
        to: OFFICE_NUMBER,
        rings: ['102'],
        ringSeconds: 0.3,
        because: 'nobody answers',
      }),
    ),
    asterisk.play(
      courierCallback(asterisk.ids, {
        courier: '79161000011',
        recipient: RECIPIENT,
        context: 'courier-call',
        callerId: OFFICE_NUMBER,
        ringSeconds: 0.3,
        outcome: 'second is busy',
        talkSeconds: 0,
      }),
    ),
  ]);
  context = await office.open('olga', { width: 1000 });
  page = await office.page(context);
}, OFFICE_START_MS);
afterAll(closing.run);

const focused = (at: Page) => at.locator(':focus');

describe('an opened call in a narrow window', () => {
  test('has the focus at its heading, and gives it back to its row by Esc', async () => {
    await page.goto(`${office.url}/journal`);
    const row = page.locator('.t-calls tbody a.row').nth(1);
    await row.focus();
    await page.keyboard.press('Enter');
    await page.locator('article.call .facts').waitFor(SHOWN);
    await eventually('the heading has the focus', async () =>
      ((await focused(page).textContent()) ?? '').startsWith('Звонок в'),
    );
    const path = new URL(page.url()).pathname;
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/journal$/);
    await eventually(
      'the row has the focus',
      async () => (await focused(page).getAttribute('href')) === path,
    );
  }, 120_000);

  test('has its note by Alt+N, and Esc in it leaves nothing', async () => {
    await page.keyboard.press('Enter');
    await page.locator('article.call .facts').waitFor(SHOWN);
    await page.keyboard.press('Alt+KeyN');
    await eventually(
      'the note has the focus',
      async () => (await page.locator('[data-note]:focus').count()) === 1,
    );
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).pathname).not.toBe('/journal');
  }, 120_000);

  test('moves no focus when it was opened by its address', async () => {
    await page.reload();
    await page.locator('article.call .facts').waitFor(SHOWN);
    expect(await focused(page).count()).toBe(0);
  }, 120_000);
});

describe('the search and what a call is attached to', () => {
  test('finds a shipment by its bar code, and a telephone number none', async () => {
    await page.goto(`${office.url}/journal`);
    const search = page.locator('#find');
    await search.fill('4600 0007 0002');
    await search.press('Enter');
    await page.waitForURL(/\/shipments\/70002$/);
    await search.fill('8 916 200-00-01');
    await search.press('Enter');
    await page.waitForURL(/\/journal\?number=79162000001$/);
  }, 120_000);

  test('refuses a shipment that is not there in words, and lets go of what was attached by hand', async () => {
    await page.goto(`${office.url}/journal`);
    await page.locator('.t-calls tbody a.row').first().click();
    await page.locator('article.call .facts').waitFor(SHOWN);
    await page.getByRole('button', { name: 'Привязать…' }).click();
    const field = page.getByLabel('Код отправления');
    await field.fill('79999');
    await field.press('Enter');
    await page.locator('dialog').getByText('В базе нет отправления 79999').waitFor(SHOWN);
    await field.fill('70005');
    await field.press('Enter');
    const link = page.locator('.facts').getByRole('link', { name: '70005' });
    await link.waitFor(SHOWN);
    await page.getByRole('button', { name: /Отвязать.*70005/ }).click();
    await eventually('it is gone', async () => (await link.count()) === 0);
  }, 120_000);
});

describe('what is read aloud', () => {
  test('tells the same caller again, who has answered, and keeps nothing that is over', async () => {
    const at = await office.page(context);
    const { asterisk } = office;
    await at.evaluate(`{
      window.said = [];
      const region = document.querySelector('[role=alert].vh');
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const { textContent } of addedNodes) window.said.push(textContent);
      }).observe(region, { childList: true });
    }`);
    const said = () => at.evaluate<string[]>('window.said');
    const ring = () =>
      asterisk.play(
        inbound(asterisk.ids, {
          from: STRANGER,
          to: OFFICE_NUMBER,
          rings: ['101', '103'],
          answeredBy: '103',
          ringSeconds: 2.5,
          talkSeconds: 1,
          endedBy: 'caller',
        }),
      );
    await ring();
    await ring();
    const twice = ['Звонит +7 903 123-45-67, неизвестный номер', 'Ответили: pavel (103)'];
    await eventually('it was said', async () => (await said()).length >= 4);
    expect(await said()).toEqual([...twice, ...twice]);
    await eventually('it is gone', async () => (await at.locator('[role=alert].vh').textContent()) === '');
    await at.close();
  }, 120_000);

  test('has names as Russian on an English page, and numbers not', async () => {
    const english = await office.open('olga', { locale: 'en-GB' });
    const at = await office.page(english, '/journal');
    await at.locator('.t-calls .who [lang="ru"]', { hasText: 'Мария Ковалёва' }).first().waitFor(SHOWN);
    expect(await at.locator('.t-calls .who .n[lang]').count()).toBe(0);
    await english.close();
  }, 120_000);
});

describe('why a call went its way', () => {
  test('is told for inbound calls, first as the call has kept it, then as of today', async () => {
    const supervisor = await office.open('marina');
    const at = await office.page(supervisor, '/journal?direction=courier');
    await at.locator('.t-calls tbody a.row').first().click();
    await at.locator('article.call .facts').waitFor(SHOWN);
    expect(await at.getByRole('link', { name: 'Почему так?' }).count()).toBe(0);
    await at.goto(`${office.url}/journal?direction=in&number=${RECIPIENT}`);
    await at.locator('.t-calls tbody a.row').first().click();
    await at.getByRole('link', { name: 'Почему так?' }).click();
    const then = at.locator('#why .then');
    await then.getByText(/Звонок .*, как записано тогда/).waitFor(SHOWN);
    expect(await then.textContent()).toMatch(/Звонили.*102.*нет ответа/);
    await at.locator('#why').getByText('Как пошёл бы сейчас звонок с номера').waitFor(SHOWN);

    // The answer to the first question comes after that to the second.
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await at.route(`**/api/people?number=*${STRANGER.slice(-4)}`, async (route) => {
      await answered;
      await route.continue().catch(() => undefined);
    });
    const number = at.locator('#why-number');
    await number.fill(STRANGER);
    await number.press('Enter');
    await at.waitForURL(/number=.*4567/);
    await at.locator('#why-number').fill('79161000011');
    await at.locator('#why-number').press('Enter');
    await at.locator('#why .found').getByText('Андрей Быстров').first().waitFor(SHOWN);
    answer();
    await at.waitForTimeout(300);
    expect(await at.locator('#why .part h3 .n').first().textContent()).toBe('+7 916 100-00-11');
    expect(await at.locator('#why .then').count()).toBe(0);
    await supervisor.close();
  }, 120_000);
});
