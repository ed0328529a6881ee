import { afterEach, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { CallEngine } from '../../../src/calling/engine.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { openDoor, type BehindDoor } from '../../../src/desk/open-door.ts';
import { normaliseNumber } from '../../../src/phone/number.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { action, openProgram } from '../door/parts.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

// Of Hanoi. Without its plus it would be 8 495…, a number of Moscow.
const ABROAD = '+84951234567';

test('a number that the door has read is the same number for the engine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-door-'));
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, 'a-secret-of-the-office\n', { mode: 0o600 });
  const accounts = [{ username: 'office', secretFile, allow: ['127.0.0.1'], may: 'operatorCalls' }];
  const section = { enabled: true, host: '127.0.0.1', port: 0, hours: '00:00-24:00', accounts };
  const config = parseConfig(JSON.stringify({ door: section }), 'test');
  const normalise = (raw: string) => normaliseNumber(raw, 'RU');
  const read: unknown[] = [];
  const place = jest.fn<CallEngine['place']>(async ({ to }) => {
    // As the engine does.
    if (to.kind === 'number') read.push(normalise(to.number));
    throw new Error('No call is made here.');
  });
  const staff = { userOf: () => 'olga', find: () => ({ user: 'olga', telephones: ['101'] }) };
  const behind = { find: async () => [], router: { normalise }, staff, engine: { place } };
  const door = openDoor(config, behind as unknown as BehindDoor, pino({ level: 'silent' }));
  const { port = 0 } = (await door?.start()) ?? {};
  cleanups.add(async () => door?.stop());
  const program = await openProgram(cleanups, port);
  program.send(action('Action: Login', 'Username: office', 'Secret: a-secret-of-the-office'));
  program.send(
    action('Action: Originate', 'Channel: SIP/101', `Exten: ${ABROAD}`, 'Context: x', 'Priority: 1'),
  );
  await program.until('Originate failed');
  expect(read).toEqual([normalise(ABROAD)]);
});
