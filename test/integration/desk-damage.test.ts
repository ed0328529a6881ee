import { afterEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call } from '../../src/calls/call.ts';
import { PlayedAsterisk } from '../../src/simulator/ami/played-asterisk.ts';
import { inbound } from '../../src/simulator/ami/stories.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { fillJournal } from '../lab/journal/fill-journal.ts';
import { SPOILT, spoilCalls } from '../lab/journal/spoil-journal.ts';
import { numberOfCustomer } from '../lab/journal/year-of-calls.ts';

/* A journal whose file a disk has spoilt, somewhere among last year's calls, where nothing is read at the start. */

const ACCOUNT = { username: 'courier-agi', secret: 'change-me' };
const CALLER = '79162000001';
const STARTED_MS = 30_000;

const cleanups = new Cleanups();
afterEach(cleanups.run);

/** Of a stream of events, the end of a caller's call. */
async function toldOf({ body }: Response, caller: string): Promise<Call | undefined> {
  if (body === null) return undefined;
  let unread = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const events = `${unread}${text}`.split('\n\n');
    unread = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^event: call\ndata: (.*)$/m.exec(event) ?? [];
      const call: Call | undefined = data === undefined ? undefined : JSON.parse(data);
      if (call?.from.number === caller && call.state === 'ended') return call;
    }
  }
  return undefined;
}

test('what is met of it is told, in the log, by /ready, /metrics and the status; calls are followed all the same', async () => {
  const home = await makeDeskHome();
  cleanups.add(home.remove);
  const path = join(home.folder, 'journal.db');
  await fillJournal(path, 3000);
  await spoilCalls(path);
  const asterisk = new PlayedAsterisk({ host: '127.0.0.1', port: 0, account: ACCOUNT });
  await asterisk.start();
  cleanups.add(() => asterisk.stop());
  const desk = await startDeskProcess(home, { ami: { port: asterisk.port, ...ACCOUNT }, role: 'admin' });
  cleanups.add(desk.kill);
  await desk.ready();

  // Whoever looks for old calls comes there.
  for (let customer = 0; customer < 40; customer += 1)
    await desk.get(`/api/calls?number=${numberOfCustomer(customer).slice(-1 - (customer % 3))}`);
  await eventually('the damage is told', async () => (await desk.get('/ready')).status === 503, STARTED_MS);

  const { body } = await desk.get('/ready');
  expect(body).toMatchObject({ journal: { problem: null, damage: expect.stringMatching(/\S/) } });
  await eventually('it stands in the log', () =>
    /"code":"JOURNAL_DAMAGED".*the file of the journal is damaged/.test(desk.log()),
  );
  const { bytes } = await desk.bytes('/metrics');
  expect(bytes.toString()).toContain('courier_agi_desk_journal_damaged 1\n');
  const { body: status } = await desk.get('/api/status');
  expect(JSON.stringify(status)).toMatch(/Файл повреждён: /);

  const stream = await fetch(`http://127.0.0.1:${desk.port}/api/events`, {
    headers: { authorization: `Bearer ${desk.token}` },
    signal: AbortSignal.timeout(STARTED_MS),
  });
  await asterisk.play(
    inbound(asterisk.ids, {
      from: CALLER,
      to: '74950000000',
      rings: ['101'],
      answeredBy: '101',
      ringSeconds: 0.2,
      talkSeconds: 0.3,
      endedBy: 'caller',
    }),
  );
  expect(await toldOf(stream, CALLER)).toMatchObject({
    state: 'ended',
    outcome: 'answered',
    answeredBy: { extension: '101' },
  });
  // Nobody mends a file by overwriting it.
  expect((await readFile(path)).includes(SPOILT)).toBe(true);
}, 240_000);
