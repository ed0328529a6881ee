import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { hashPassword } from '../../src/accounts/password.ts';
import { Users, type NewUser } from '../../src/accounts/users.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import type { Cleanups } from '../lab/cleanups.ts';
import {
  makeDeskHome,
  startDeskProcess,
  type DeskHome,
  type DeskProcess,
  type DeskSettings,
} from '../lab/desk-process.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { ensurePackage } from '../lab/packages.ts';

/* The real desk, as a process, with its pages in a real Chromium. */

export const PASSWORD = 'correct-horse-battery';
/** Starting all of it, on a busy machine. */
export const OFFICE_START_MS = 180_000;
/** What a person would wait for; no test judges speed by it. */
export const SHOWN = { timeout: 20_000 };

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };

/** A desk, and browsers before it. */
export interface Desks {
  /** Of the pages. */
  readonly url: string;
  readonly desk: () => DeskProcess;
  /** Starts the desk again, on the same port and journal. */
  readonly restart: () => Promise<void>;
  /** A browser of somebody who is signed in, or of nobody. */
  readonly open: (name: string | null, options?: Looks) => Promise<BrowserContext>;
  /** A page of it that follows the calls. */
  readonly page: (context: BrowserContext, path?: string) => Promise<Page>;
}

export interface Office extends Desks {
  readonly asterisk: PlayedAsterisk;
}

interface Looks {
  readonly locale?: 'ru-RU' | 'en-GB';
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

export type Person = Pick<NewUser, 'name' | 'role'> & { readonly extensions?: readonly string[] };

/**
 * Opens an office with these people, whose Asterisk is a played one; `cleanups` closes it.
 *
 * @param lineTo the port by which the desk reaches that Asterisk
 */
export async function openOffice(
  cleanups: Cleanups,
  people: readonly Person[],
  sections: DeskSettings['sections'] = {},
  lineTo: (asteriskPort: number) => Promise<number> = async (port) => port,
): Promise<Office> {
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  // Calls of our own that the played Asterisk makes.
  const calls = { callerId: '74950000000', context: 'courier-call' };
  const port = await lineTo(asterisk.port);
  const settings = { ami: { port, ...ACCOUNT }, sections: { calls, ...sections } };
  return { asterisk, ...(await openDesks(cleanups, people, settings)) };
}

/** Plays a recipient's call that telephone 101 answers. Ends with the call. */
export function talk({ asterisk }: Office, seconds: number): Promise<void> {
  return asterisk.play(
    inbound(asterisk.ids, {
      from: '79162000001',
      to: '74950000000',
      rings: ['101'],
      answeredBy: '101',
      ringSeconds: 0.3,
      talkSeconds: seconds,
      endedBy: 'caller',
    }),
  );
}

/** A desk on an Asterisk that is there already. No router beside it, unless `settings` has one. */
export async function openDesks(
  cleanups: Cleanups,
  people: readonly Person[],
  { home, ...settings }: Omit<DeskSettings, 'port'> & { readonly home?: DeskHome },
): Promise<Desks> {
  const executablePath = await ensurePackage('chromium', 'chromium');
  const place = home ?? (await makeDeskHome());
  cleanups.add(place.remove);
  await addUsers(place, people);

  const port = await freeTcpPort();
  const all = { ...settings, port, sections: { http: { enabled: false }, ...settings.sections } };
  let desk = await startDeskProcess(place, all);
  cleanups.add(() => desk.kill());
  await desk.ready();
  const browser = await chromium.launch({ executablePath });
  cleanups.add(() => browser.close());
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    desk: () => desk,
    restart: async () => {
      desk = await startDeskProcess(place, all);
      await desk.ready();
    },
    open: (name, looks = {}) => openContext(browser, url, name, looks),
    page: async (context, path = '/') => {
      const page = await context.newPage();
      await page.goto(`${url}${path}`);
      await page.locator('.link.ok').waitFor(SHOWN);
      return page;
    },
  };
}

async function addUsers({ folder }: DeskHome, people: readonly Person[]): Promise<void> {
  const users = new Users(join(folder, 'users.json'));
  const password = await hashPassword(PASSWORD);
  for (const { name, role, extensions = [] } of people) {
    users.add({ name, role, password, extensions: [...extensions], login: null });
  }
}

async function openContext(
  browser: Browser,
  url: string,
  name: string | null,
  { locale = 'ru-RU', colorScheme = 'light', width = 1440 }: Looks,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale,
    colorScheme,
    timezoneId: 'Europe/Moscow',
    reducedMotion: 'reduce',
    viewport: { width, height: 1000 },
  });
  if (name === null) return context;
  const answer = await context.request.post(`${url}/api/session`, {
    headers: { origin: url },
    data: { name, password: PASSWORD },
  });
  if (!answer.ok()) throw new Error(`${name} could not sign in: ${await answer.text()}`);
  return context;
}
