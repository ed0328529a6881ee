import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import type { Call } from '../../src/calls/call.ts';
import { courierCallback, inbound, missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, PASSWORD, SHOWN, type Office } from './office.ts';

const OFFICE_NUMBER = '74950000000';
const RECIPIENT = '79162000001';
const COURIER = '79161000011';
const STRANGER = '79031234567';

const closing = new Cleanups();
let office: Office;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  office = await openOffice(closing, [
    { name: 'olga', role: 'operator', extensions: ['101'] },
    { name: 'irina', role: 'operator', extensions: ['104'] },
    { name: 'marina', role: 'admin' },
  ]);
  const { asterisk } = office;
  await Promise.all([
    asterisk.play(
      inbound(asterisk.ids, {
        from: RECIPIENT,
        to: OFFICE_NUMBER,
        rings: ['101', '102'],
        answeredBy: '102',
        ringSeconds: 0.5,
        talkSeconds: 2,
        endedBy: 'caller',
      }),
    ),
    asterisk.play(
      courierCallback(asterisk.ids, {
        courier: COURIER,
        recipient: RECIPIENT,
        context: 'courier-call',
        callerId: OFFICE_NUMBER,
        ringSeconds: 1,
        outcome: 'second is busy',
        talkSeconds: 0,
      }),
    ),
    asterisk.play(
      missed(asterisk.ids, {
        from: STRANGER,
        to: OFFICE_NUMBER,
        rings: ['101'],
        ringSeconds: 2,
        because: 'nobody answers',
      }),
    ),
  ]);
  context = await office.open('olga');
  page = await office.page(context);
}, OFFICE_START_MS);
afterAll(closing.run);

describe('sign-in', () => {
  test('tells of a wrong password, and lets in with the right one, to the page that was wanted', async () => {
    const stranger = await office.open(null);
    const at = await stranger.newPage();
    await at.goto(`${office.url}/missed`);
    await at.getByLabel('Логин').fill('olga');
    await at.getByLabel('Пароль').fill('wrong-password');
    await at.getByRole('button', { name: 'Войти' }).click();
    await at.locator('#problem', { hasText: /.+/ }).waitFor(SHOWN);
    await at.getByLabel('Пароль').fill(PASSWORD);
    await at.getByLabel('Пароль').press('Enter');
    await at.getByRole('heading', { name: 'Не перезвонили' }).waitFor(SHOWN);
    await stranger.close();
  }, 120_000);

  test('tells in words why a sign-in elsewhere failed, once, and whatever the address says as text', async () => {
    const stranger = await office.open(null);
    const at = await stranger.newPage();
    const problem = at.locator('#problem');
    await at.goto(`${office.url}/?error=unknown_user`);
    await problem.getByText('Вас нет среди пользователей').waitFor(SHOWN);
    await eventually('it leaves the address', () => Promise.resolve(new URL(at.url()).search === ''));
    await at.reload();
    await at.getByLabel('Пароль').waitFor(SHOWN);
    expect(await problem.textContent()).toBe('');
    await at.goto(`${office.url}/?error=${encodeURIComponent('<b id="x">constructor</b>')}`);
    await problem.getByText('Войти не удалось').waitFor(SHOWN);
    expect(await at.locator('#x').count()).toBe(0);
    await stranger.close();
  }, 120_000);

  test('shows an operator nothing of the page that is for others, whatever the address', async () => {
    await page.goto(`${office.url}/status`);
    await page.getByText('Эта страница для старших смены и администраторов.').waitFor(SHOWN);
    expect(await page.getByRole('link', { name: 'Состояние' }).count()).toBe(0);
  }, 120_000);

  test('does nothing for a page of another origin, though the browser sends the session along', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<form method="post" enctype="text/plain" action="${office.url}/api/calls">
        <input name='{"to":{"extension":"103"},"x":"' value='"}'><button>Go</button></form>`);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const at = await context.newPage();
    await at.goto(`http://127.0.0.1:${port}/`);
    const [answer] = await Promise.all([
      at.waitForResponse((response) => response.url() === `${office.url}/api/calls`),
      at.getByRole('button', { name: 'Go' }).click(),
    ]);
    expect((await answer.request().allHeaders())['cookie']).toContain('courier-agi');
    expect(answer.status()).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: 'foreign_origin' } });
    await at.close();
    server.close();
  }, 120_000);

  test('forgets whoever leaves', async () => {
    const leaving = await office.open('marina');
    const at = await office.page(leaving);
    await at.getByRole('button', { name: 'Настройки и выход' }).click();
    await at.getByRole('button', { name: 'Выйти' }).click();
    await at.getByLabel('Пароль').waitFor(SHOWN);
    expect((await leaving.request.get(`${office.url}/api/calls`)).status()).toBe(401);
    await leaving.close();
  }, 120_000);
});

describe('the journal', () => {
  const rows = () => page.locator('.t-calls tbody a.row');

  test('has its filters in the address, and is the same after a reload', async () => {
    await page.goto(`${office.url}/journal`);
    await rows().nth(2).waitFor(SHOWN);
    await page.getByLabel('Исход', { exact: true }).selectOption({ label: 'Пропущенные' });
    await page.waitForURL(/outcome=missed/);
    await eventually('one row', async () => (await rows().count()) === 1);
    await page.reload();
    await rows().first().waitFor(SHOWN);
    expect(await rows().count()).toBe(1);
    await page.goBack();
    await rows().nth(2).waitFor(SHOWN);
  }, 120_000);

  test('keeps its rows until those of another filter are there, if that is soon', async () => {
    await page.goto(`${office.url}/journal`);
    await rows().nth(2).waitFor(SHOWN);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/calls?missed=1*', async (route) => {
      await answered;
      await route.continue();
    });
    const kept = await page.evaluate<number>(`new Promise((resolve) => {
      history.pushState(null, '', '/journal?outcome=missed');
      dispatchEvent(new PopStateEvent('popstate'));
      const look = () => document.querySelector('.list').ariaBusy === 'true'
        ? resolve(document.querySelectorAll('.t-calls tbody a.row').length)
        : requestAnimationFrame(look);
      look();
    })`);
    expect(kept).toBeGreaterThan(2);
    await eventually('old rows are not shown for long', async () => (await rows().count()) === 0);
    answer();
    await eventually('the new row is there', async () => (await rows().count()) === 1);
    expect(await page.locator('.list').getAttribute('aria-busy')).toBe('false');
    await page.unroute('**/api/calls?missed=1*');
  }, 120_000);

  test('tells the story of a call as a picture and in words', async () => {
    await page.goto(`${office.url}/journal?number=2000001&direction=in`);
    await rows().first().click();
    const call = page.locator('article.call');
    await call
      .locator('.lanes rect.talk')
      .first()
      .waitFor({ state: 'attached', ...SHOWN });
    expect(await call.locator('.lanes rect.ring').count()).toBeGreaterThanOrEqual(2);
    expect(await call.locator('.lanes .cross').count()).toBe(1);
    // Names come a moment after the call.
    await call.getByText('трубку положили: Мария Ковалёва').waitFor(SHOWN);
    const story = (await call.locator('.events li').allTextContents()).join('\n');
    expect(story).toMatch(/звонок на \+7 495 000-00-00/);
    expect(story).toMatch(/звонят: .*101.*102/);
    expect(story).toMatch(/ответ: .*102/);
    await call.locator('.facts').getByText('Андрей Быстров').waitFor(SHOWN);
    // Only the call's own place changes in the address.
    expect(new URL(page.url()).searchParams.get('direction')).toBe('in');
  }, 120_000);

  test('names the courier among several who talked', async () => {
    await page.route(/api\/calls\?.*number=2000001/, async (route) => {
      const response = await route.fetch();
      const { calls, next } = (await response.json()) as { calls: Call[]; next: string | null };
      const withCourier = calls.map((call) => ({
        ...call,
        talks: call.talks.flatMap((talk) => [
          talk,
          { ...talk, b: { number: COURIER, raw: COURIER, extension: null, user: null } },
        ]),
      }));
      await route.fulfill({ response, json: { calls: withCourier, next } });
    });
    await page.goto(`${office.url}/journal?number=2000001&direction=in`);
    const cell = page.locator('.t-calls tbody .c-to').first();
    await cell.getByText('Андрей Быстров').waitFor(SHOWN);
    expect(await cell.textContent()).not.toMatch(/\d{5}/);
    await page.unrouteAll({ behavior: 'wait' });
  }, 120_000);

  test('goes from row to row by the keyboard, and opens by it', async () => {
    await page.goto(`${office.url}/journal`);
    await rows().nth(2).waitFor(SHOWN);
    await rows().first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('tr[aria-current="true"]').waitFor(SHOWN);
    expect(await page.locator('tbody tr:has(a.row)').nth(1).getAttribute('aria-current')).toBe('true');
  }, 120_000);

  test('is found by the end of a number, from any page', async () => {
    await page.goto(office.url);
    await page.locator('.card').waitFor(SHOWN);
    await page.keyboard.press('Slash');
    await page.keyboard.type('79031234567');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/journal\?number=79031234567/);
    await rows().first().waitFor(SHOWN);
    expect(await rows().count()).toBe(1);
  }, 120_000);

  test('is downloaded as a table', async () => {
    await page.goto(`${office.url}/journal?outcome=missed`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('calls.csv');
  }, 120_000);
});

describe('who is owed a call', () => {
  test('stands in the list until somebody has spoken with them', async () => {
    await page.goto(`${office.url}/missed`);
    const row = page.locator('.t-missed tbody tr', { hasText: '+7 903 123-45-67' });
    await row.getByRole('button', { name: /Перезвонить/ }).waitFor(SHOWN);
    const played = office.asterisk.play(
      inbound(office.asterisk.ids, {
        from: STRANGER,
        to: OFFICE_NUMBER,
        rings: ['102'],
        answeredBy: '102',
        ringSeconds: 0.3,
        talkSeconds: 1,
        endedBy: 'caller',
      }),
    );
    await row.getByText(/перезвонили/).waitFor(SHOWN);
    await played;
    await page.reload();
    await page.getByText('Всем перезвонили').waitFor(SHOWN);
  }, 120_000);
});

describe('who calls back', () => {
  test('does so by one click, however often they click, and others see who it is', async () => {
    const { asterisk } = office;
    await asterisk.play(
      missed(asterisk.ids, {
        from: '79162000009',
        to: OFFICE_NUMBER,
        rings: ['101'],
        ringSeconds: 0.3,
        because: 'nobody answers',
      }),
    );
    const irina = await office.open('irina');
    const others = await office.page(irina, '/missed');
    await page.goto(`${office.url}/missed`);
    const row = (at: Page) => at.locator('.t-missed tbody tr', { hasText: 'Светлана Розова' });
    await row(others).waitFor(SHOWN);
    await row(page)
      .getByRole('button', { name: /Перезвонить/ })
      .dblclick();
    await row(others).getByText('перезванивает olga').waitFor(SHOWN);
    // While they talk, and once they have.
    await row(others).getByText('перезвонили, olga').waitFor(SHOWN);
    await page.locator('.dock').waitFor(SHOWN);
    // The journal is written a moment after the event.
    const asked = async (): Promise<number> =>
      (await office.desk().calls()).filter(({ request }) => request !== null).length;
    await eventually('the call is in the journal', async () => (await asked()) > 0);
    expect(await asked()).toBe(1);
    await row(others).getByText('перезвонили, olga (101)').waitFor(SHOWN);
    await irina.close();
  }, 120_000);
});

describe('a shipment', () => {
  test('lists every attempt of its courier', async () => {
    await page.goto(`${office.url}/shipments/70001`);
    const attempt = page.locator('.t-tries tbody tr');
    await attempt.first().waitFor(SHOWN);
    expect(await attempt.first().textContent()).toContain('занято');
    await page.locator('.t-talks tbody tr').first().waitFor(SHOWN);
  }, 120_000);

  test('tells calls in which the recipient was not rung apart, and does not count them', async () => {
    const path = '**/api/shipments/70001/attempts';
    const words = 'Курьер: нет ответа; второй стороне не звонили.';
    const told = await context.request.get(`${office.url}/api/shipments/70001/attempts`);
    const { attempts } = (await told.json()) as { attempts: object[] };
    const result = { code: 'first_no_answer', en: 'The courier did not answer.', ru: words };
    const apart = { ...attempts[0], call: 'apart', dialled: false, ringSeconds: 30, result };
    await page.route(path, (route) => route.fulfill({ json: { attempts: [...attempts, apart] } }));
    await page.reload();
    await page.locator('.t-unreached tbody tr', { hasText: words }).waitFor(SHOWN);
    const listed = page.locator('section', { has: page.locator('#attempts') });
    expect(await listed.locator('tbody tr').count()).toBe(1);
    expect(await listed.locator('.count').textContent()).toBe('1');
    expect(await listed.locator('header').textContent()).toMatch(/гудки: [0-9] с/);
    await page.unroute(path);
  }, 120_000);

  test('never says that nobody called when the desk does not answer, and tries again', async () => {
    const refused = '**/api/shipments/70001/attempts';
    await page.route(refused, (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.reload();
    await page.getByText('Сервер не отвечает').waitFor(SHOWN);
    expect(await page.getByRole('button', { name: 'Печать' }).count()).toBe(0);
    await page.unroute(refused);
    await page.locator('.t-tries tbody tr').first().waitFor(SHOWN);
    await page.getByRole('button', { name: 'Печать' }).waitFor(SHOWN);
  }, 120_000);

  test('says so when no call is about it', async () => {
    await page.goto(`${office.url}/shipments/79999`);
    await page.getByText('Звонков по отправлению с этим кодом в журнале нет').waitFor(SHOWN);
  }, 120_000);

  test('a courier and a recipient are found by a part of the name, an order by its number, a colleague in the journal', async () => {
    const search = page.locator('#find');
    await search.fill('быстр');
    await search.press('Enter');
    await page.getByRole('link', { name: 'Андрей Быстров' }).click();
    await page.waitForURL(/\/journal\?kind=courier&code=11/);
    await page.locator('.t-calls tbody a.row').first().waitFor(SHOWN);
    await search.fill('ковал');
    await search.press('Enter');
    await page.locator('.hits li', { hasText: 'Получатель, отправление 70001' }).waitFor(SHOWN);
    await page.getByRole('link', { name: 'Мария Ковалёва' }).click();
    await page.waitForURL(/\/shipments\/70001$/);
    await search.fill('<i id="x">нет</i>');
    await search.press('Enter');
    await page.getByText('Никого с таким именем нет').waitFor(SHOWN);
    expect(await page.locator('#x').count()).toBe(0);
    await search.fill('заказ 5001');
    await search.press('Enter');
    await page.waitForURL(/\/journal\?kind=order&code=5001/);
    await page.locator('.t-calls tbody a.row').first().waitFor(SHOWN);
    await page.goto(`${office.url}/journal`);
    await page.getByLabel('Сотрудник', { exact: true }).selectOption('pavel');
    await page.waitForURL(/user=pavel/);
    await page.locator('.t-calls tbody a.row, .list .empty').first().waitFor(SHOWN);
  }, 120_000);

  test('a number typed with 8 is found', async () => {
    const search = page.locator('#find');
    await search.fill('8 903 123-45-67');
    await search.press('Enter');
    await page.locator('.t-calls tbody tr', { hasText: '+7 903 123-45-67' }).first().waitFor(SHOWN);
    await search.fill('?!');
    await search.press('Enter');
    expect(await search.evaluate((field) => field.matches(':invalid'))).toBe(true);
  }, 120_000);
});
