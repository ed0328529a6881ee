import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { BUSY_OFFICE } from '../../src/cli/demo-desk/busy-office.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

/* `npm run screenshots`: pictures of the pages for docs/screenshots, of the office of the demo. Takes two minutes. */

const FOLDER = 'docs/screenshots';
const MAX_BYTES = 150_000;
const SIZE = { width: 1240, height: 760 };

const closing = new Cleanups();
let office: Office;

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  office = await openOffice(closing, [
    { name: 'olga', role: 'operator' },
    { name: 'pavel', role: 'supervisor' },
    { name: 'irina', role: 'admin' },
  ]);
}, OFFICE_START_MS);
afterAll(closing.run);

async function take(page: Page, name: string): Promise<void> {
  // Names come a moment later than calls.
  await sleep(1500);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  expect({ name, isSmall: size <= MAX_BYTES }).toEqual({ name, isSmall: true });
}

test('the pages of a lively office', async () => {
  const olga = await office.page(await office.open('olga'));
  const english = await office.page(
    await office.open('olga', { locale: 'en-GB', colorScheme: 'dark', width: 400 }),
  );
  const irina = await office.page(await office.open('irina'));
  const pavel = await office.page(await office.open('pavel', { locale: 'en-GB', colorScheme: 'dark' }));
  for (const page of [olga, irina, pavel]) await page.setViewportSize(SIZE);
  await english.setViewportSize({ width: 400, height: 820 });

  const played = BUSY_OFFICE.map(async ({ at, play }) => {
    await sleep(at * 1000);
    await office.asterisk.play(play(office.asterisk.ids));
  });
  const withCard = '.card[data-state="ringing"] .note.warn';
  await Promise.all([
    olga.locator(withCard).waitFor({ timeout: 60_000 }),
    english.locator(withCard).waitFor({ timeout: 60_000 }),
  ]);
  await take(olga, 'now');
  await take(english, 'now-narrow-dark-en');
  await pavel.locator('.calls .what.ok').first().waitFor(SHOWN);
  await take(pavel, 'now-supervisor-dark-en');
  await Promise.all(played);

  await irina.goto(`${office.url}/journal`);
  const handedOn = irina.locator('.t-calls tbody tr', { hasText: /olga, pavel/ }).locator('a.row');
  await handedOn.first().click();
  await irina.locator('article.call .lanes').waitFor(SHOWN);
  await take(irina, 'journal');
  await olga.goto(`${office.url}/missed`);
  await olga.locator('.t-missed tbody tr').first().waitFor(SHOWN);
  await take(olga, 'missed');
  await olga.goto(`${office.url}/shipments/70003`);
  await olga.locator('.t-tries tbody tr').first().waitFor(SHOWN);
  await take(olga, 'shipment');
  await irina.goto(`${office.url}/status?number=79162000002`);
  await irina.locator('.why.found li').first().waitFor(SHOWN);
  await take(irina, 'status');
}, 300_000);
