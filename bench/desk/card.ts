import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { users } from '../../src/directory/demo/company.ts';
import { openDesks } from '../../test/browser/office.ts';
import { EXTENSIONS, OUR_NUMBERS, startOfficePhones } from '../../test/lab/asterisk/office-phones.ts';
import { Cleanups } from '../../test/lab/cleanups.ts';
import { quantile } from '../statistics.ts';

export interface CardFigures {
  readonly calls: number;
  /** From the INVITE at a telephone until its card is painted, ms. */
  readonly shown: Times;
  /** The same until the card has the caller's name. */
  readonly named: Times;
  /** From the 200 of the one who answers until another card says that they did. */
  readonly gone: Times;
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A state of a card that was painted, ms since 1970. */
interface Painted {
  readonly call: string;
  readonly state: string;
  readonly at: number;
}

const CALLER = '79162000001';
const CALLERS_NAME = 'Мария Ковалёва';
const RING_MS = 1200;
const TALK_MS = 600;
/** Calls before those that count. */
const WARM_UP = 3;

/** Notes each state of each card, once the browser has painted it. Clocks are those of this one machine. */
const OBSERVER = `
  globalThis.painted = [];
  const told = new Set();
  const look = () => {
    for (const card of document.querySelectorAll('.card[data-call]')) {
      const states = [card.dataset.state];
      if (card.querySelector('h2')?.textContent === '${CALLERS_NAME}') states.push('named');
      for (const state of states) {
        const key = card.dataset.call + ' ' + state;
        if (told.has(key)) continue;
        told.add(key);
        // The frame after the one in which it is drawn.
        requestAnimationFrame(() => setTimeout(() =>
          painted.push({ call: card.dataset.call, state, at: Date.now() })));
      }
    }
  };
  addEventListener('DOMContentLoaded', () =>
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true }));
`;

/** A real Asterisk, five telephones that ring at once, and the browser of each. */
export async function measureCard(calls: number): Promise<CardFigures> {
  const closing = new Cleanups();
  try {
    const phones = await startOfficePhones(closing, 22);
    const people = EXTENSIONS.map((one) => ({
      name: `op${one}`,
      role: 'operator' as const,
      extensions: [one],
    }));
    const office = await openDesks(closing, people, { ami: phones.ami });
    const pages: Page[] = [];
    for (const { name } of people) {
      const context = await office.open(name);
      await context.addInitScript(OBSERVER);
      pages.push(await office.page(context));
    }
    const shown: number[] = [];
    const named: number[] = [];
    const gone: number[] = [];
    for (let n = 0; n < WARM_UP + calls; n += 1) {
      const call = phones.call({ from: CALLER, to: OUR_NUMBERS.everybody, talkMs: TALK_MS });
      const invited = await Promise.all(EXTENSIONS.map((one) => phones.phone(one).next()));
      await sleep(RING_MS);
      const answering = n % EXTENSIONS.length;
      const answeredAt = Date.now();
      invited[answering]?.call.answer();
      await call;
      await sleep(TALK_MS);
      const painted = await Promise.all(pages.map((page) => page.evaluate<Painted[]>('painted.splice(0)')));
      if (n < WARM_UP) continue;
      painted.forEach((states, index) => {
        const when = (name: string): number => states.find(({ state }) => state === name)?.at ?? Infinity;
        const at = invited[index]?.at ?? 0;
        shown.push(when('ringing') - at);
        named.push(when('named') - at);
        if (!isSamePerson(index, answering)) gone.push(when('elsewhere') - answeredAt);
      });
    }
    return { calls, shown: timesOf(shown), named: timesOf(named), gone: timesOf(gone) };
  } finally {
    await closing.run();
  }
}

/** Of the demo company: somebody with two telephones talks on both their pages. */
function isSamePerson(one: number, other: number): boolean {
  if (one === other) return true;
  const both = [EXTENSIONS[one] ?? '', EXTENSIONS[other] ?? ''];
  return users.some(({ extPhone }) => both.every((extension) => extPhone.split(', ').includes(extension)));
}

function timesOf(all: readonly number[]): Times {
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99), max: quantile(all, 1) };
}
