import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { hashPassword } from '../../src/accounts/password.ts';
import { Users, type NewUser } from '../../src/accounts/users.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import type { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskHome, type DeskProcess } from '../lab/desk-process.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { ensurePackage } from '../lab/packages.ts';
import { buildPages } from '../lab/pages.ts';

/*
 * The real desk, as a process, with its pages in a real Chromium. Asterisk is a played one: that calls are seen as they are
 * on a real one is held by test/asterisk.
 */

export const PASSWORD = 'correct-horse-battery';
/** Starting all of it, on a busy machine. */
export const OFFICE_START_MS = 180_000;
/** What a person would wait for; no test judges speed by it. */
export const SHOWN = { timeout: 20_000 };

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };

export interface Office {
  readonly asterisk: PlayedAsterisk;
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

interface Looks {
  readonly locale?: 'ru-RU' | 'en-GB';
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

type Person = Pick<NewUser, 'name' | 'role'> & { readonly extensions?: readonly string[] };

/** Opens an office with these people; `cleanups` closes it. */
export async function openOffice(cleanups: Cleanups, people: readonly Person[]): Promise<Office> {
  const executablePath = await ensurePackage('chromium', 'chromium');
  await buildPages();
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  await addUsers(home, people);

  const port = await freeTcpPort();
  // No router beside it, and calls of our own that the played Asterisk makes.
  const sections = { http: { enabled: false }, calls: { callerId: '74950000000', context: 'courier-call' } };
  const settings = { ami: { port: asterisk.port, ...ACCOUNT }, port, sections };
  let desk = await startDeskProcess(home, settings);
  cleanups.add(() => desk.kill());
  await desk.ready();
  const browser = await chromium.launch({ executablePath });
  cleanups.add(() => browser.close());
  const url = `http://127.0.0.1:${port}`;
  return {
    asterisk,
    url,
    desk: () => desk,
    restart: async () => {
      desk = await startDeskProcess(home, settings);
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
