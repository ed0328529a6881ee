import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import {
  EXTENSIONS,
  MOBILE,
  OUR_NUMBERS,
  startOfficePhones,
  type OfficePhones,
} from '../lab/asterisk/office-phones.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { eventually } from '../lab/eventually.ts';
import { OFFICE_START_MS, openDesks, type Desks } from './office.ts';

/*
 * The card of the own call on a real Asterisk: five telephones, five browsers. How fast it is, `npm run bench -- --desk
 * --only card` tells.
 */

/** Of the demo company: a recipient, and the courier who has the parcel. */
const RECIPIENT = '79162000001';
const COURIER = '79161000011';
/** Whose couriers are busy, and do not answer. */
const [WITH_BUSY, WITH_ABSENT] = ['79162000002', '79162000010'];
const [BUSY, ABSENT] = ['79161000012', '79161000013'];
/** Asterisk, SIPp, the desk and seven pages share what processors there are. */
const SHOWN = { timeout: 60_000 };
const BRIEFLY = { talkMs: 2500, giveUpAfterMs: 120_000 };

describe.each([22, 16] as const)('on Asterisk %i', (version) => {
  const closing = new Cleanups();
  let phones: OfficePhones;
  let office: Desks;
  const browsers = new Map<string, BrowserContext>();

  beforeAll(async () => {
    phones = await startOfficePhones(closing, version, [
      { to: MOBILE, behaviour: 'noAnswer' },
      { to: BUSY, behaviour: 'busy' },
      { to: ABSENT, behaviour: 'noAnswer' },
    ]);
    const people = EXTENSIONS.map((extension) => ({
      name: `op${extension}`,
      role: 'operator' as const,
      extensions: extension === '104' ? [extension, MOBILE] : [extension],
    }));
    office = await openDesks(closing, people, {
      ami: phones.ami,
      sections: {
        dial: { extension: 'PJSIP/{EXTENSION}', trunks: [{ dial: 'PJSIP/{NUMBER}@trunk' }] },
        calls: { callerId: '74951234567', context: 'courier-call' },
      },
    });
    // One after the other: passwords are slow on purpose.
    for (const { name, extensions } of people) {
      const [extension = ''] = extensions;
      browsers.set(extension, await office.open(name));
    }
  }, 2 * OFFICE_START_MS);
  afterAll(closing.run);
  afterEach(async () => {
    for (const context of browsers.values()) await Promise.all(context.pages().map((page) => page.close()));
  });

  const pageOf = async (extension: string): Promise<Page> => {
    const context = browsers.get(extension);
    if (context === undefined) throw new Error(`Nobody has ${extension}.`);
    return office.page(context);
  };
  const card = (page: Page, state: string) => page.locator(`.card[data-state="${state}"]`);

  test('opens once for each of five, sounds in one tab, and closes for four when the fifth answers', async () => {
    const pages = await Promise.all(EXTENSIONS.map(pageOf));
    const [first, , third] = pages;
    const tabs = [...pages.slice(0, 1), await pageOf('101'), await pageOf('101')];
    const call = phones.call({ from: RECIPIENT, to: OUR_NUMBERS.everybody, ...BRIEFLY });
    const invited = await Promise.all(EXTENSIONS.map((one) => phones.phone(one).next()));
    await Promise.all([...pages, ...tabs].map((page) => card(page, 'ringing').waitFor(SHOWN)));
    await first?.locator('.card h2', { hasText: 'Мария Ковалёва' }).waitFor(SHOWN);
    const sounding = async (): Promise<number> => {
      const counts = await Promise.all(tabs.map((tab) => tab.locator('html[data-sounding]').count()));
      return counts.filter((count) => count === 1).length;
    };
    await eventually('one of three tabs sounds', async () => (await sounding()) === 1);
    invited[2]?.call.answer();
    await Promise.all(
      pages.map((page, index) => card(page, index === 2 ? 'talking' : 'elsewhere').waitFor(SHOWN)),
    );
    expect(await first?.locator('.card .word').first().textContent()).toBe('Ответили: pavel (103)');
    await eventually('no tab sounds', async () => (await sounding()) === 0);
    for (const page of pages) expect(await page.locator('.card[data-call]').count()).toBe(1);
    await third?.reload();
    if (third !== undefined) await third.locator('.card[data-call]').waitFor(SHOWN);
    expect((await call).status).toBe(200);
    if (third !== undefined) await card(third, 'over').waitFor(SHOWN);
  }, 300_000);

  test('goes with a hunt, and with a call that is passed on', async () => {
    const [olga, second, irina] = await Promise.all(['101', '103', '104'].map(pageOf));
    if (olga === undefined || second === undefined || irina === undefined) throw new Error('No pages.');
    const call = phones.call({
      from: RECIPIENT,
      to: OUR_NUMBERS.hunt,
      talkMs: 12_000,
      giveUpAfterMs: 120_000,
    });
    await phones.phone('101').next();
    await card(olga, 'ringing').waitFor(SHOWN);
    const invited = await phones.phone('103').next();
    await card(second, 'ringing').waitFor(SHOWN);
    await card(olga, 'over').waitFor(SHOWN);
    invited.call.answer();
    await card(second, 'talking').waitFor(SHOWN);
    await invited.call.hold();
    await second.locator('.card .word', { hasText: 'На удержании' }).waitFor(SHOWN);
    await invited.call.refer('104');
    const passed = await phones.phone('104').next();
    await card(irina, 'ringing').waitFor(SHOWN);
    passed.call.answer();
    await card(irina, 'talking').waitFor(SHOWN);
    await card(second, 'over').waitFor(SHOWN);
    await call;
    await card(irina, 'over').waitFor(SHOWN);
  }, 300_000);

  test('is one for two telephones of one operator, a mobile among them', async () => {
    const irina = await pageOf('104');
    const call = phones.call({ from: RECIPIENT, to: OUR_NUMBERS.withMobile, ...BRIEFLY });
    const invited = await phones.phone('104').next();
    await eventually('the mobile rings', async () =>
      (await phones.trunk.calls()).some(({ number }) => number === MOBILE),
    );
    await card(irina, 'ringing').waitFor(SHOWN);
    expect(await irina.locator('.card[data-call]').count()).toBe(1);
    invited.call.answer();
    await card(irina, 'talking').waitFor(SHOWN);
    expect(await irina.locator('.card[data-call]').count()).toBe(1);
    await call;
  }, 240_000);

  test('connects the caller with the courier, whose telephone rings; both are bridged', async () => {
    const page = await pageOf('105');
    const call = phones.call({ from: RECIPIENT, to: OUR_NUMBERS.last, talkMs: 8000, giveUpAfterMs: 120_000 });
    const invited = await phones.phone('105').next();
    invited.call.answer();
    await card(page, 'talking').waitFor(SHOWN);
    await page.getByRole('button', { name: /Соединить с курьером Андрей Быстров/ }).waitFor(SHOWN);
    await page.keyboard.press('Alt+Digit1');
    await eventually('the courier is rung', async () =>
      (await phones.trunk.calls()).some(({ number }) => number === COURIER),
    );
    // Theirs is over, and the call goes on.
    await invited.call.ended;
    await card(page, 'over').waitFor(SHOWN);
    await call;
    const find = async () => {
      const calls = await office.desk().calls();
      return calls.find(({ to, state }) => to.number === OUR_NUMBERS.last && state === 'ended');
    };
    await eventually('it is in the journal', async () => (await find()) !== undefined);
    const told = await find();
    expect(told?.talks.map(({ a, b }) => [a.number, b.extension ?? b.number])).toEqual([
      [RECIPIENT, '105'],
      [RECIPIENT, COURIER],
    ]);
  }, 240_000);

  /** Somebody talks with 105, who then puts them through to the courier of their first shipment. */
  const putThrough = async (page: Page, from: string) => {
    const call = phones.call({ from, to: OUR_NUMBERS.last, talkMs: 20_000, giveUpAfterMs: 120_000 });
    const first = await phones.phone('105').next();
    first.call.answer();
    await card(page, 'talking').waitFor(SHOWN);
    await page
      .getByRole('button', { name: /Соединить с курьером/ })
      .first()
      .waitFor(SHOWN);
    await page.keyboard.press('Alt+Digit1');
    await first.call.ended;
    // Else whoever waits for this function would wait for the end of the call.
    return { call };
  };

  test('says that the courier is busy, and that the caller comes back', async () => {
    const page = await pageOf('105');
    const { call } = await putThrough(page, WITH_BUSY);
    const back = await phones.phone('105').next();
    const why = page.locator('.ships .refused');
    await why.filter({ hasText: 'Не соединили: занято. Собеседник возвращается к вам.' }).waitFor(SHOWN);
    back.call.answer();
    await card(page, 'talking').waitFor(SHOWN);
    await eventually(
      'they are here',
      async () => (await why.textContent())?.includes('возвращается') === false,
    );
    expect(await why.textContent()).toContain('Не соединили: занято.');
    await why.getByRole('button', { name: 'Закрыть' }).click();
    expect(await why.count()).toBe(0);
    await call;
  }, 240_000);

  test('takes the caller back while the courier does not answer', async () => {
    const page = await pageOf('105');
    const { call } = await putThrough(page, WITH_ABSENT);
    const calling = page.locator('.act.busy', { hasText: 'Звоним' });
    await eventually('the courier is rung', async () =>
      (await phones.trunk.calls()).some(({ number }) => number === ABSENT),
    );
    await calling.waitFor(SHOWN);
    await calling.getByRole('button', { name: 'Отменить' }).click();
    const back = await phones.phone('105').next();
    back.call.answer();
    await card(page, 'talking').waitFor(SHOWN);
    expect(await page.locator('.ships .refused').count()).toBe(0);
    expect(await calling.count()).toBe(0);
    await call;
  }, 240_000);
});
