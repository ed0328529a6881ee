import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { inbound, missed } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const closing = new Cleanups();
let office: Office;
let opened = '';

beforeAll(async () => {
  office = await openOffice(closing, [{ name: 'marina', role: 'admin', extensions: ['101'] }]);
  const { asterisk } = office;
  const call = { from: '79162000002', to: '74950000000', rings: ['101', '102'], ringSeconds: 0.5 };
  await asterisk.play(missed(asterisk.ids, { ...call, because: 'nobody answers' }));
  const [done] = await office.desk().calls();
  opened = `/journal/${done?.id ?? ''}`;
  // It lasts as long as the test: the card, the dock and the list of calls are shown with it.
  void asterisk.play(
    inbound(asterisk.ids, { ...call, answeredBy: '101', talkSeconds: 600, endedBy: 'caller' }),
  );
}, OFFICE_START_MS);
afterAll(closing.run);

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

async function check(page: Page, what: string): Promise<void> {
  expect({ what, found: await violations(page) }).toEqual({ what, found: [] });
  const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect({ what, beyond: Math.max(0, Number(beyond)) }).toEqual({ what, beyond: 0 });
}

const LOOKS = [
  { locale: 'ru-RU', colorScheme: 'light', width: 1440 },
  { locale: 'en-GB', colorScheme: 'dark', width: 900 },
  { locale: 'ru-RU', colorScheme: 'dark', width: 360 },
  { locale: 'en-GB', colorScheme: 'light', width: 400 },
] as const;

describe.each(LOOKS)('the pages in $locale, $colorScheme, $width wide', (looks) => {
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    context = await office.open('marina', looks);
    page = await context.newPage();
  }, OFFICE_START_MS);
  afterAll(() => context.close());

  test('are for everybody', async () => {
    const pages: readonly (readonly [path: string, shown: string])[] = [
      ['/', '.card[data-state="talking"] .ships li'],
      ['/missed', '.t-missed tbody tr, .empty'],
      ['/journal', '.t-calls tbody a.row'],
      [opened, 'article.call .lanes'],
      ['/shipments/70002', '.doc .panel'],
      ['/status', '#users tbody tr'],
    ];
    // Each page in both languages and in both themes; what operators have beside their program is narrow as well.
    const isNarrow = looks.width < 500;
    for (const [path, shown] of isNarrow ? pages.slice(0, 4) : pages) {
      await page.goto(`${office.url}${path}`);
      await page.locator(shown).first().waitFor(SHOWN);
      expect(await page.locator('html').getAttribute('lang')).toBe(looks.locale.slice(0, 2));
      await check(page, path);
    }
  }, 180_000);

  test('with their menu and their dialogs open as well', async () => {
    await page.goto(office.url);
    await page.locator('.card[data-state="talking"]').waitFor(SHOWN);
    await page.locator('[popovertarget="me"]').click();
    await check(page, 'menu');
    await page.locator('#me button').nth(1).click();
    await page.locator('dialog[open] input[type="password"]').first().waitFor(SHOWN);
    await check(page, 'password');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached', ...SHOWN });
    await page.locator('.actions .btn').nth(1).click();
    await page.locator('dialog[open]').waitFor(SHOWN);
    await check(page, 'dialog');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached', ...SHOWN });
  }, 120_000);

  test('and the sign-in', async () => {
    await context.clearCookies();
    await page.goto(office.url);
    await page.locator('#password').waitFor(SHOWN);
    await check(page, 'sign-in');
  }, 120_000);
});
