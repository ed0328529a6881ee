import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Role } from '../../accounts/client.ts';
import { generatePassword, hashPassword } from '../../accounts/password.ts';
import { Users } from '../../accounts/users.ts';
import { Tokens } from '../../accounts/tokens.ts';
import { hasLink } from '../../calls/links.ts';
import { parseConfig, type LoadedConfig } from '../../config/load.ts';
import { openDeskService } from '../../desk/desk-service.ts';
import { openJournal } from '../../journal/open.ts';
import type { JournalCall } from '../../journal/call.row.ts';
import { PlayedAsterisk } from '../../simulator/ami/played-asterisk.ts';
import { EXIT } from '../exit.ts';
import { callLine } from '../journal.text.ts';
import { BUSY_OFFICE, ROUND_SECONDS, type Scene } from './busy-office.ts';
import { MORNING } from './morning.ts';
import { recordTalk } from './record-talks.ts';

/** How much faster than in life the check plays. */
const CHECK_SPEED = 20;
/** Until the journal surely has the last call, in ms. */
const SETTLE_MS = 1500;
const PORT = 8573;

/**
 * A working morning without an Asterisk, a database or a configuration: a played Asterisk, the real desk, a journal that
 * is thrown away.
 *
 * @param check plays it fast, compares the journal with what was played, and ends; otherwise it goes on until Ctrl-C
 * @returns the exit status
 */
export async function demoDesk(check: boolean): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-demo-'));
  const secret = randomBytes(16).toString('hex');
  const speed = check ? CHECK_SPEED : 1;
  const asterisk = new PlayedAsterisk({
    host: '127.0.0.1',
    port: 0,
    account: { username: 'courier-agi', secret },
    speed,
  });
  await asterisk.start();
  await writeFile(join(folder, 'ami-secret'), secret);
  await mkdir(join(folder, 'monitor'));
  const loaded = configurationOf(folder, asterisk.port, check ? 0 : PORT);
  const service = openDeskService(loaded, pino({ level: 'silent' }));
  try {
    const { host, port } = await service.start();
    await untilFollowed(String(host), Number(port));
    if (check) return await playAndCheck(asterisk, loaded, speed);
    const password = await addPeople(loaded);
    const token = new Tokens(loaded.config.desk.tokensFile).add('demo', 'admin');
    process.stdout.write(
      `The desk of a company that does not exist, on a played Asterisk.\n` +
        `  http://${String(host)}:${String(port)}/   password: ${password}\n` +
        PEOPLE.map(({ name, role, what }) => `    sign in as ${name}: ${role}${what}\n`).join('') +
        `  curl -H 'Authorization: Bearer ${token}' 'http://${String(host)}:${String(port)}/api/calls'\n` +
        `Calls appear here when they are over. Ctrl-C ends it.\n\n`,
    );
    await playUntilStopped(asterisk, loaded, speed);
    return EXIT.good;
  } finally {
    await service.stop(1000);
    await asterisk.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function configurationOf(folder: string, amiPort: number, port: number): LoadedConfig {
  const yaml = JSON.stringify({
    http: { enabled: false },
    asterisk: { port: amiPort, secretFile: join(folder, 'ami-secret') },
    journal: { url: `sqlite:${join(folder, 'journal.db')}` },
    calls: { callerId: '74950000000', context: 'courier-call' },
    recordings: { source: join(folder, 'monitor'), mirror: join(folder, 'mirror') },
    desk: { port, tokensFile: join(folder, 'tokens.json'), usersFile: join(folder, 'users.json') },
  });
  return { config: parseConfig(yaml, 'demo'), file: null, databasePassword: undefined };
}

/** Of the table `users` of the demo company. */
const PEOPLE: readonly { name: string; role: Role; what: string }[] = [
  { name: 'olga', role: 'operator', what: ', telephones 101 and 102' },
  { name: 'pavel', role: 'supervisor', what: ', telephone 103' },
  { name: 'irina', role: 'admin', what: ', telephone 104' },
];

/** @returns the password of all of them */
async function addPeople({ config }: LoadedConfig): Promise<string> {
  const password = generatePassword();
  const hash = await hashPassword(password);
  const users = new Users(config.desk.usersFile);
  for (const { name, role } of PEOPLE) users.add({ name, role, password: hash, extensions: [], login: null });
  return password;
}

async function untilFollowed(host: string, port: number): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    const { status } = await fetch(`http://${host}:${port}/ready`);
    if (status === 200) return;
    await sleep(50);
  }
  throw new Error('The desk did not reach the played Asterisk.');
}

async function playAndCheck(asterisk: PlayedAsterisk, loaded: LoadedConfig, speed: number): Promise<number> {
  await Promise.all(MORNING.map((episode) => play(asterisk, episode, speed)));
  await sleep(SETTLE_MS);
  const calls = await readJournal(loaded);
  const problems = compare(calls);
  for (const call of calls) process.stdout.write(callLine(call, loaded.config.desk.timeZone));
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`);
  process.stdout.write(
    `${MORNING.length} calls played, ${calls.length} in the journal, ${problems.length} wrong\n`,
  );
  return problems.length === 0 ? EXIT.good : EXIT.failed;
}

async function play(asterisk: PlayedAsterisk, { at, play: script }: Scene, speed: number): Promise<void> {
  await sleep((at * 1000) / speed, undefined, { ref: false });
  await asterisk.play(script(asterisk.ids));
}

async function playUntilStopped(
  asterisk: PlayedAsterisk,
  loaded: LoadedConfig,
  speed: number,
): Promise<void> {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const stopped = once(stopping.signal, 'abort');
  const shown = new Set<string>();
  const monitor = loaded.config.recordings?.source ?? '';
  const show = async (): Promise<void> => {
    for (const call of (await readJournal(loaded)).toReversed()) {
      if (call.state !== 'ended' || shown.has(call.id)) continue;
      shown.add(call.id);
      await recordTalk(monitor, call);
      process.stdout.write(callLine(call, loaded.config.desk.timeZone));
    }
  };
  const timer = setInterval(() => void show(), 1000);
  while (!stopping.signal.aborted) {
    for (const scene of BUSY_OFFICE) void play(asterisk, scene, speed);
    await Promise.race([stopped, sleep(ROUND_SECONDS * 1000, undefined, { ref: false })]);
  }
  clearInterval(timer);
}

async function readJournal({ config }: LoadedConfig): Promise<readonly JournalCall[]> {
  const store = await openJournal(config.journal.url);
  try {
    return (await store.list({}, 500)).calls;
  } finally {
    await store.close();
  }
}

/** @returns one line a difference between what was played and what the journal has */
function compare(calls: readonly JournalCall[]): string[] {
  const problems: string[] = [];
  const left = new Set(calls);
  for (const { what, expected } of MORNING) {
    const { direction, outcome, from, answeredBy, links } = expected;
    const call = [...left].find(
      (one) =>
        one.direction === direction &&
        one.outcome === outcome &&
        nameOf(one.from) === from &&
        (one.answeredBy === null ? null : nameOf(one.answeredBy)) === answeredBy &&
        links.every((link) => hasLink(one.links, link)),
    );
    if (call === undefined) problems.push(`${what}: not in the journal as ${JSON.stringify(expected)}`);
    else left.delete(call);
  }
  for (const { id } of left) problems.push(`${id}: nobody made this call`);
  return problems;
}

function nameOf({ number, extension }: JournalCall['from']): string | null {
  return extension ?? number;
}
