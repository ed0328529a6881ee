import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { inbound, missed, transferred } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

const OFFICE_NUMBER = '74950000000';
/** Of `directory/demo/company.ts`: a recipient with an open shipment in the hands of courier 11. */
const RECIPIENT = '79162000001';
const EXTENSIONS = ['101', '102', '103', '104', '105'];

const closing = new Cleanups();
let office: Office;
/** By extension. */
const browsers = new Map<string, BrowserContext>();

beforeAll(async () => {
  office = await openOffice(
    closing,
    EXTENSIONS.map((extension) => ({
      name: `op${extension}`,
      role: 'operator' as const,
      extensions: [extension],
    })),
  );
}, OFFICE_START_MS);
afterAll(closing.run);
afterEach(async () => {
  for (const context of browsers.values()) await Promise.all(context.pages().map((page) => page.close()));
});

async function browserOf(extension: string): Promise<BrowserContext> {
  const context = browsers.get(extension) ?? (await office.open(`op${extension}`));
  browsers.set(extension, context);
  return context;
}

async function pageOf(extension: string): Promise<Page> {
  return office.page(await browserOf(extension));
}

const card = (page: Page, state: string) => page.locator(`.card[data-state="${state}"]`);

function ringAll(parts: Partial<Parameters<typeof inbound>[1]> = {}): Promise<void> {
  return office.asterisk.play(
    inbound(office.asterisk.ids, {
      from: RECIPIENT,
      to: OFFICE_NUMBER,
      rings: EXTENSIONS,
      answeredBy: '103',
      ringSeconds: 7,
      talkSeconds: 3,
      endedBy: 'caller',
      ...parts,
    }),
  );
}

/** Ends with the test, whatever becomes of it. */
function ring(from: string, seconds: number, rings: readonly string[] = ['101']): Promise<void> {
  return office.asterisk.play(
    missed(office.asterisk.ids, {
      from,
      to: OFFICE_NUMBER,
      rings,
      ringSeconds: seconds,
      because: 'caller gives up',
    }),
  );
}

describe('the card of the own call', () => {
  test('opens for each of five, and closes for four of them when the fifth answers, saying so', async () => {
    const pages = await Promise.all(EXTENSIONS.map(pageOf));
    const played = ringAll();
    await Promise.all(pages.map((page) => card(page, 'ringing').waitFor(SHOWN)));
    const [first, , third] = pages;
    await first?.locator('.card h2', { hasText: 'Мария Ковалёва' }).waitFor(SHOWN);
    const shown = await first?.locator('.card').textContent();
    expect(shown).toContain('+7 916 200-00-01');
    expect(shown).toContain('70001');
    expect(shown).toContain('Андрей Быстров');

    await Promise.all(
      pages.map((page, index) => card(page, index === 2 ? 'talking' : 'elsewhere').waitFor(SHOWN)),
    );
    expect(await first?.locator('.card .word').first().textContent()).toBe('Ответили: pavel (103)');
    await played;
    if (third !== undefined) await card(third, 'over').waitFor(SHOWN);
    for (const page of pages) expect(await page.locator('.card[data-call]').count()).toBe(1);
  }, 120_000);

  test('moves with the call that is passed on', async () => {
    const [olga, pavel] = await Promise.all([pageOf('101'), pageOf('103')]);
    const played = office.asterisk.play(
      transferred(office.asterisk.ids, {
        from: RECIPIENT,
        to: OFFICE_NUMBER,
        rings: ['101'],
        answeredBy: '101',
        ringSeconds: 2.5,
        talkSeconds: 3,
        endedBy: 'caller',
        transferredTo: '103',
        talkSecondsAfter: 3,
      }),
    );
    await card(olga, 'talking').waitFor(SHOWN);
    expect(await pavel.locator('.card[data-call]').count()).toBe(0);
    await card(pavel, 'ringing').waitFor(SHOWN);
    await card(pavel, 'talking').waitFor(SHOWN);
    await card(olga, 'over').waitFor(SHOWN);
    await played;
  }, 120_000);

  test('is back after a reload, and on another page the call is docked', async () => {
    const page = await pageOf('103');
    const played = ringAll({ rings: ['103'], ringSeconds: 0.5, talkSeconds: 11 });
    await card(page, 'talking').waitFor(SHOWN);
    await page.reload();
    await card(page, 'talking').waitFor(SHOWN);
    await page.getByRole('link', { name: 'Журнал' }).click();
    await page.locator('.dock').waitFor(SHOWN);
    await page.keyboard.press('Alt+Digit0');
    await card(page, 'talking').waitFor(SHOWN);
    await played;
  }, 120_000);

  test('sounds in one tab of three, and in another one when that is closed; they share one stream', async () => {
    const context = await browserOf('101');
    const streams: string[] = [];
    context.on('request', (request) => {
      if (request.url().endsWith('/api/events')) streams.push(request.url());
    });
    const pages = [await office.page(context), await office.page(context), await office.page(context)];
    expect(streams).toHaveLength(1);
    const played = ring(RECIPIENT, 10);
    await Promise.all(pages.map((page) => card(page, 'ringing').waitFor(SHOWN)));
    const sounding = async (): Promise<Page[]> => {
      const found: Page[] = [];
      for (const page of pages) {
        if (!page.isClosed() && (await page.locator('html[data-sounding]').count()) > 0) found.push(page);
      }
      return found;
    };
    await eventually('one tab sounds', async () => (await sounding()).length === 1);
    const [loud] = await sounding();
    await loud?.close();
    await eventually('another tab sounds', async () => (await sounding()).length === 1);
    for (const page of pages) if (!page.isClosed()) await card(page, 'missed').waitFor(SHOWN);
    expect(await sounding()).toEqual([]);
    await played;
  }, 120_000);

  test('shows whatever a caller calls themselves as text', async () => {
    const page = await pageOf('101');
    const problems: unknown[] = [];
    page.on('pageerror', (error) => problems.push(error));
    const hostile = [
      '<script>document.title="hacked"</script>',
      'Ы'.repeat(300),
      '🚚☎️ Курьер',
      'مرحبا بالعالم',
    ];
    for (const from of hostile) {
      const played = ring(from, 3.5);
      await page.locator('.card[data-state="ringing"] h2', { hasText: from }).waitFor(SHOWN);
      const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ from, beyond: Math.max(0, Number(width)) }).toEqual({ from, beyond: 0 });
      await played;
      await card(page, 'missed').waitFor(SHOWN);
    }
    expect(await page.title()).toContain('courier-agi');
    expect(problems).toEqual([]);
  }, 120_000);

  test('connects the caller with the courier by the keyboard, and says that it rings', async () => {
    const page = await pageOf('105');
    const played = ringAll({ rings: ['105'], answeredBy: '105', ringSeconds: 0.5, talkSeconds: 9 });
    await card(page, 'talking').waitFor(SHOWN);
    await page.getByRole('button', { name: /Соединить с курьером Андрей Быстров/ }).waitFor(SHOWN);
    const [asked] = await Promise.all([page.waitForRequest(/\/connect$/), page.keyboard.press('Alt+Digit1')]);
    expect(asked.postDataJSON()).toEqual({ courier: 11 });
    await page.locator('.act.busy', { hasText: 'Звоним' }).waitFor(SHOWN);
    await played;
  }, 120_000);

  test('offers to end and to connect a call only when it is in their hands', async () => {
    const page = await pageOf('101');
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    const end = page.getByRole('button', { name: 'Завершить' });
    const connect = page.locator('.ships [data-key="Digit1"]');
    // It rings at a colleague as well, who answers: neither then nor later is it theirs.
    const others = ringAll({ rings: ['101', '103'], answeredBy: '103', ringSeconds: 15, talkSeconds: 4 });
    await card(page, 'ringing').waitFor(SHOWN);
    await connect.waitFor(SHOWN);
    const isOff = async (button: typeof end): Promise<boolean> =>
      (await button.getAttribute('aria-disabled')) === 'true';
    // The second telephone is dialled a moment after the first one.
    await eventually('it cannot be ended', () => isOff(end));
    await eventually('it cannot be connected', () => isOff(connect));
    expect(await end.getAttribute('title')).toBe('во время разговора');
    // As somebody clicks who does not see that it is off.
    await end.click({ force: true });
    await page.keyboard.press('Alt+Digit1');
    await card(page, 'elsewhere').waitFor(SHOWN);
    expect(await end.getAttribute('aria-disabled')).toBe('true');
    await others;
    // Theirs alone rings, and they answer.
    const own = ringAll({ rings: ['101'], answeredBy: '101', ringSeconds: 8, talkSeconds: 30 });
    await card(page, 'ringing').waitFor(SHOWN);
    await eventually('it may be ended', async () => (await end.getAttribute('aria-disabled')) === 'false');
    await card(page, 'talking').waitFor(SHOWN);
    await connect.waitFor(SHOWN);
    expect(await connect.getAttribute('aria-disabled')).toBe('false');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'DELETE'),
      end.click(),
    ]);
    expect(answer.status()).toBe(202);
    expect(refused).toEqual([]);
    await own;
  }, 120_000);

  test('says that the caller waits, in the card, in the list and later in the story', async () => {
    const page = await pageOf('102');
    const hold = { afterSeconds: 1, seconds: 5 };
    const played = ringAll({ rings: ['102'], answeredBy: '102', ringSeconds: 0.5, talkSeconds: 8, hold });
    await page.locator('.card .state .word', { hasText: 'На удержании' }).waitFor(SHOWN);
    await page.locator('.calls .rest', { hasText: /удержание 0:0\d/ }).waitFor(SHOWN);
    await page.locator('.card .state .word', { hasText: 'Разговор' }).waitFor(SHOWN);
    await played;
    await card(page, 'over').waitFor(SHOWN);
    const [call] = await office.desk().calls();
    await page.goto(`${office.url}/journal/${call?.id ?? ''}`);
    const waited = page.locator('.lanes rect.hold');
    await eventually('it stands in both lanes', async () => (await waited.count()) === 2);
    await page.getByText(/собеседник на удержании 5 с/).waitFor(SHOWN);
    await page.locator('.legend', { hasText: 'удержание' }).waitFor({ state: 'attached', ...SHOWN });
  }, 120_000);

  test('keeps a note, in the journal and over a reload', async () => {
    const page = await pageOf('104');
    const played = ring(RECIPIENT, 4, ['104']);
    await card(page, 'ringing').waitFor(SHOWN);
    await page.keyboard.press('Alt+KeyN');
    await page.locator('[data-note]').fill('Просит <b>после</b> 18:00');
    await page.getByText(/^ ?сохранено/).waitFor(SHOWN);
    await played;
    const [call] = await office.desk().calls();
    expect(call?.note).toBe('Просит <b>после</b> 18:00');
  }, 120_000);

  test('keeps the notes of two who write at once, one below the other', async () => {
    const pages = await Promise.all([pageOf('104'), pageOf('105')]);
    const played = ring(RECIPIENT, 12, ['104', '105']);
    const words = ['Просит после 18:00', 'Вход со двора'];
    const fields = pages.map((page) => page.locator('[data-note]'));
    for (const page of pages) {
      await card(page, 'ringing').waitFor(SHOWN);
      await page.keyboard.press('Alt+KeyN');
    }
    await Promise.all(fields.map((field, index) => field.fill(words[index] ?? '')));
    const isWhole = (text: string): boolean => words.every((one) => text.includes(one));
    await eventually(
      'both have both',
      async () => {
        const texts = await Promise.all(fields.map((field) => field.inputValue()));
        return isWhole(texts[0] ?? '') && texts[0] === texts[1];
      },
      SHOWN.timeout,
    );
    const merged = pages.map((page) => page.getByText('вместе с заметкой коллеги').count());
    expect((await Promise.all(merged)).toSorted()).toEqual([0, 1]);
    await played;
    const [call] = await office.desk().calls();
    expect(call?.note?.split('\n').toSorted()).toEqual(words.toSorted());
  }, 120_000);

  test('keeps a note once that was not taken at first, when a colleague writes while it is sent again', async () => {
    const [page, colleague] = await Promise.all([pageOf('104'), pageOf('105')]);
    const played = ring(RECIPIENT, 15, ['104', '105']);
    let colleagueIsDone = (): void => undefined;
    const colleagueHasWritten = new Promise<void>((resolve) => (colleagueIsDone = resolve));
    let writes = 0;
    await page.route('**/api/calls/*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      writes++;
      if (writes === 1) return route.abort();
      if (writes > 2) await colleagueHasWritten;
      const response = await route.fetch();
      await colleagueHasWritten;
      return route.fulfill({ response });
    });
    for (const one of [page, colleague]) {
      await card(one, 'ringing').waitFor(SHOWN);
      await one.keyboard.press('Alt+KeyN');
    }
    await page.locator('[data-note]').fill('Вход со двора');
    await eventually('it was not taken', () => writes === 1, SHOWN.timeout);
    // The event stream begins anew, and with it all that is waiting for the desk.
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    const field = colleague.locator('[data-note]');
    await eventually('it is written', async () => (await field.inputValue()) !== '', SHOWN.timeout);
    await field.fill('Вход со двора\nПросит после 18:00');
    await colleague.getByText(/^ ?сохранено/).waitFor(SHOWN);
    colleagueIsDone();
    await page.getByText(/^ ?сохранено/).waitFor(SHOWN);
    await played;
    const [call] = await office.desk().calls();
    expect(call?.note).toBe('Вход со двора\nПросит после 18:00');
    expect(writes).toBe(2);
  }, 120_000);
});
