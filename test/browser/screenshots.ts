import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { BUSY_OFFICE } from '../../src/cli/demo-desk/busy-office.ts';
import { recordTalk } from '../../src/cli/demo-desk/record-talks.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

/* `npm run screenshots`: pictures of the pages for docs/screenshots, of the office of the demo. Takes two minutes. */

const FOLDER = 'docs/screenshots';
const MAX_BYTES = 150_000;
const SIZE = { width: 1240, height: 760 };

const closing = new Cleanups();
let office: Office;
let monitor = '';

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  monitor = await mkdtemp(join(tmpdir(), 'courier-agi-monitor-'));
  closing.add(() => rm(monitor, { recursive: true, force: true }));
  const people = [
    { name: 'olga', role: 'operator' },
    { name: 'pavel', role: 'supervisor' },
    { name: 'irina', role: 'admin' },
  ] as const;
  office = await openOffice(closing, people, {
    recordings: { source: monitor, mirror: join(monitor, 'mirror') },
  });
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
  await irina.locator('.t-calls tbody a.row').nth(5).waitFor(SHOWN);
  await take(irina, 'journal');
  const withHold = async () => (await office.desk().calls()).find(({ holds }) => holds.length > 0);
  const held = await withHold();
  if (held === undefined) throw new Error('Nobody was on hold.');
  await recordTalk(monitor, held);
  await eventually(
    'its recording is ready',
    async () => (await withHold())?.recordings[0]?.state === 'ready',
    120_000,
  );
  await irina.goto(`${office.url}/journal/${held.id}`);
  await irina.locator('.player .keys button').click();
  await irina
    .locator('.wave rect')
    .nth(100)
    .waitFor({ state: 'attached', ...SHOWN });
  await sleep(4000);
  await irina.locator('.player .keys button').click();
  await take(irina, 'call');
  await olga.goto(`${office.url}/missed`);
  await olga.locator('.t-missed tbody tr').first().waitFor(SHOWN);
  await take(olga, 'missed');
  await olga.goto(`${office.url}/shipments/70003`);
  await olga.locator('.t-tries tbody tr').first().waitFor(SHOWN);
  await take(olga, 'shipment');
  await irina.goto(`${office.url}/status?number=79162000002`);
  await irina.locator('.why.found li').first().waitFor(SHOWN);
  await take(irina, 'status');
}, 600_000);
