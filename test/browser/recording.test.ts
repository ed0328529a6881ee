import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { talkSound } from '../../src/cli/demo-desk/talk-sound.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openOffice, SHOWN, type Office } from './office.ts';

/* A recording of the real store, played by a real browser. Asterisk is a played one, and wrote the file of a talk of 8 s. */

const TALK_SECONDS = 8;
const closing = new Cleanups();
let office: Office;
let page: Page;
let call = '';

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-monitor-'));
  closing.add(() => rm(folder, { recursive: true, force: true }));
  const people = ['olga', 'irina'].map((name) => ({ name, role: 'operator' as const }));
  office = await openOffice(closing, [...people, { name: 'pavel', role: 'supervisor' }], {
    recordings: { source: folder, mirror: join(folder, 'mirror') },
  });
  const { asterisk } = office;
  await asterisk.play(
    inbound(asterisk.ids, {
      from: '79162000001',
      to: '74950000000',
      rings: ['101', '104'],
      answeredBy: '101',
      ringSeconds: 0.5,
      talkSeconds: TALK_SECONDS + 1,
      endedBy: 'caller',
    }),
  );
  const find = async () => (await office.desk().calls())[0];
  await eventually('the call has ended', async () => (await find())?.state === 'ended');
  const told = await find();
  call = told?.id ?? '';
  await writeFile(join(folder, `courier-${told?.linkedIds[0] ?? ''}.wav`), talkSound(TALK_SECONDS));
  await eventually(
    'its recording is ready',
    async () => (await find())?.recordings[0]?.state === 'ready',
    90_000,
  );
  page = await office.page(await office.open('olga'));
}, OFFICE_START_MS + 120_000);
afterAll(closing.run);

const audio = <Value>(what: string): Promise<Value> =>
  page.evaluate<Value>(`document.querySelector('audio').${what}`);

test('plays at the first click, with its wave, and moves over the lanes', async () => {
  await page.goto(`${office.url}/journal/${call}`);
  const player = page.locator('.player');
  await player.getByRole('button', { name: 'Слушать' }).click();
  await eventually('it plays', async () => (await audio<number>('currentTime')) > 0.2);
  expect(await audio<boolean>('paused')).toBe(false);
  expect(await audio<number>('duration')).toBeCloseTo(TALK_SECONDS, 1);
  await eventually('the wave is there', async () => (await player.locator('.wave rect').count()) === 160);
  await page
    .locator('.lanes .pos')
    .first()
    .waitFor({ state: 'attached', ...SHOWN });
  expect(await page.locator('.player [role="alert"]').count()).toBe(0);
  // The bar lies under the sound that it seeks in.
  const [bar, first, last] = await Promise.all([
    player.locator('input[type="range"]').boundingBox(),
    player.locator('.wave rect').first().boundingBox(),
    player.locator('.wave rect').last().boundingBox(),
  ]);
  expect(Math.abs((bar?.x ?? 0) - (first?.x ?? 0))).toBeLessThan(3);
  expect(Math.abs((bar?.x ?? 0) + (bar?.width ?? 0) - (last?.x ?? 0) - (last?.width ?? 0))).toBeLessThan(8);
}, 120_000);

test('is sought with the bar and with the keys, and stands still', async () => {
  const seek = page.locator('.player input[type="range"]');
  await seek.focus();
  await page.keyboard.press('Space');
  await eventually('it stands still', () => audio<boolean>('paused'));
  const before = await audio<number>('currentTime');
  await page.keyboard.press('ArrowRight');
  await eventually(
    'five seconds on',
    async () => (await audio<number>('currentTime')) >= Math.min(TALK_SECONDS, before + 5) - 0.1,
  );
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await eventually('at the beginning', async () => (await audio<number>('currentTime')) < 0.1);
  await seek.fill('6');
  await eventually(
    'at the sixth second',
    async () => Math.abs((await audio<number>('currentTime')) - 6) < 0.1,
  );
}, 120_000);

test('was one listening, whatever the browser fetched; a supervisor reads who it was', async () => {
  const supervisor = await office.page(await office.open('pavel'), `/journal/${call}`);
  await supervisor.getByText(/Прослушивания записываются: olga \(/).waitFor(SHOWN);
  const { request } = supervisor.context();
  const answer = await request.get(`${office.url}/api/calls/${encodeURIComponent(call)}/listenings`);
  const { listenings } = (await answer.json()) as { listenings: { name: string }[] };
  expect(listenings.map(({ name }) => name)).toEqual(['olga']);
}, 120_000);

test('is not offered to an operator who did not speak, nor given, and the page says so', async () => {
  const other = await office.page(await office.open('irina'), `/journal/${call}`);
  await other.getByText('Эту запись могут слушать участники разговора').waitFor(SHOWN);
  expect(await other.locator('.player').count()).toBe(0);
  expect(await other.getByRole('link', { name: 'Скачать запись' }).count()).toBe(0);
  const [told] = await office.desk().calls();
  const answer = await other
    .context()
    .request.get(`${office.url}/api/recordings/${told?.recordings[0]?.id ?? ''}`);
  expect(answer.status()).toBe(404);
}, 120_000);

test('is saved as a file, and where that is refused the page says why', async () => {
  await page.goto(`${office.url}/journal/${call}`);
  const link = page.getByRole('link', { name: 'Скачать запись' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^call-.*\.wav$/);
  const refused = '**/api/recordings/*';
  await page.route(refused, (route) =>
    route.fulfill({
      status: 410,
      json: { error: { code: 'recording_erased', message: 'Эта запись удалена.' } },
    }),
  );
  await link.click();
  await page.locator('.actions').getByText('Эта запись удалена.').waitFor(SHOWN);
  await page.unroute(refused);
}, 120_000);
