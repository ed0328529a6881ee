import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Call } from '../../src/calls/call.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { makeDeskHome, startDeskProcess, type DeskProcess } from '../lab/desk-process.ts';
import { eventually } from '../lab/eventually.ts';
import { freeTcpPort } from '../lab/free-port.ts';
import { troubleIn } from './calls.ts';
import { type Company, startCompany, TELEPHONIES, trunkDial } from './company.ts';
import { installedManagerConf } from './samples.ts';

/*
 * The real desk, as a process, on a real Asterisk with the very manager.conf of dialplan-examples. Flows of calls
 * one by one are in calls.test.ts; what the desk does when things break is in test/integration/desk.test.ts.
 */

const SECRET = 'change-me-desk-of-the-lab';

/** The vendor's program, which asks for couriers' calls, has an account of its own, as its guide says. */
const VENDOR = `
[measoft]
secret = change-me-measoft
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = call
write = originate
`;

const COURIER = '79161000011';
const RECIPIENT = '79162000001';
const STRANGER = '79990001122';

/** The request of the vendor's guide, as it stands there; numbers in international format. */
function vendorsRequest(channel: string): string {
  return [
    'Action: login',
    'Username: measoft',
    'Secret: change-me-measoft',
    '',
    'Action: originate',
    `Channel: ${channel}`,
    'WaitTime: 30',
    'CallerId: 0',
    `Exten: +${RECIPIENT}`,
    'Context: courier-call',
    'Priority: 1',
    '',
    'Action: Logoff',
    '',
    '',
  ].join('\r\n');
}

describe.each(TELEPHONIES)('the desk on Asterisk $version with $driver', (telephony) => {
  const cleanups = new Cleanups();
  let company: Company;
  let desk: DeskProcess;
  let amiPort: number;

  beforeAll(async () => {
    amiPort = await freeTcpPort();
    company = await startCompany({
      ...telephony,
      changes: { record: 'yes' },
      // Nobody else would end the vendor's call: both of its ends are called.
      rules: [{ to: `+${RECIPIENT}`, behaviour: 'answerThenHangUp' }],
      files: (files) => ({
        ...files,
        'manager.conf': installedManagerConf({ port: amiPort, secret: SECRET }) + VENDOR,
        'extensions.conf': `${files['extensions.conf'] ?? ''}
[courier-call]
exten => _+7XXXXXXXXXX,1,Dial(${trunkDial(telephony.driver, '${EXTEN}')},20)
`,
      }),
    });
    cleanups.add(company.stop);
    const home = await makeDeskHome();
    cleanups.add(home.remove);
    desk = await startDeskProcess(home, {
      ami: { port: amiPort, username: 'courier-agi', secret: SECRET },
    });
    cleanups.add(desk.kill);
    await desk.ready();
  }, 120_000);

  afterAll(cleanups.run, 60_000);

  const ended = async (matches: (call: Call) => boolean): Promise<readonly Call[]> => {
    const found = async () => (await desk.calls()).filter(matches);
    await eventually('a call that has ended', async () =>
      (await found()).some(({ state }) => state === 'ended'),
    );
    return found();
  };

  test('the sample of manager.conf loads without a warning, and gives the desk all that it needs', async () => {
    const log = await company.asterisk.log();
    const trouble = troubleIn(log).filter((line) => /\] (manager|config|acl|netsock2?)\.c: /.test(line));
    // Two modules for voicemail are loaded in this lab; the files of other modules are not there.
    const ofOthers = /Action 'Voicemail\w+' already registered|Unable to load config file/;
    expect(trouble.filter((line) => !ofOthers.test(line))).toEqual([]);
    expect((await desk.get('/ready')).body).toMatchObject({
      ready: true,
      role: 'following',
      asterisks: [{ asterisk: 'main', state: 'followed', problem: null }],
    });
    expect(problemsIn(desk)).toEqual([]);
  });

  test("what the router said of a call stands with it, and so does its recording's name", async () => {
    await company.call({ from: RECIPIENT, talkMs: 1500 });
    const rows = await ended(({ from, direction }) => from.number === RECIPIENT && direction === 'in');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      outcome: 'answered',
      completeness: 'whole',
      from: { number: RECIPIENT },
      to: { number: '74950000000' },
      answeredBy: { number: COURIER },
      links: expect.arrayContaining([
        { kind: 'shipment', code: 70_001, how: 'routed', rank: 1 },
        { kind: 'order', code: 5001, how: 'routed', rank: 1 },
        { kind: 'client', code: 201, how: 'routed', rank: 1 },
        { kind: 'courier', code: 11, how: 'routed', rank: 1 },
      ]),
      recordings: [{ id: expect.stringMatching(/^courier-[\d.]+\.wav$/) }],
    });
    // Whatever the desk itself would have found is not told a second time.
    expect(rows[0]?.links).toHaveLength(4);
  });

  test("the vendor's request for a courier's call is one row with both people", async () => {
    const answer = await ask(amiPort, vendorsRequest(trunkDial(telephony.driver, `+${COURIER}`)));
    expect(answer).toContain('Message: Originate successfully queued');
    expect(answer).toContain('Response: Goodbye');
    const rows = await ended(({ direction }) => direction === 'courier');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      outcome: 'answered',
      missed: false,
      completeness: 'whole',
      from: { number: COURIER },
      to: { number: RECIPIENT },
      answeredBy: { number: RECIPIENT },
      links: expect.arrayContaining([
        { kind: 'courier', code: 11, how: 'matched', rank: 1 },
        { kind: 'shipment', code: 70_001, how: 'matched', rank: 1 },
      ]),
    });
  });

  test('a stranger who reaches the operators is bound to nobody', async () => {
    await company.call({ from: STRANGER });
    const rows = await ended(({ from }) => from.number === STRANGER);
    expect(rows).toMatchObject([{ direction: 'in', outcome: 'answered', links: [] }]);
  });

  test('as many rows as calls; nothing of them in the log, and nobody reads them without a token', async () => {
    expect((await desk.calls()).map(({ direction }) => direction).toSorted()).toEqual([
      'courier',
      'in',
      'in',
    ]);
    expect(problemsIn(desk)).toEqual([]);
    const open = await Promise.all(
      ['/health', '/ready', '/metrics', '/api/calls', '/api/events'].map(async (path) => {
        const response = await fetch(`http://127.0.0.1:${desk.port}${path}`);
        return response.text();
      }),
    );
    for (const text of [desk.log(), ...open]) {
      for (const secret of [COURIER, RECIPIENT, STRANGER, 'courier-1', 'Быстров', SECRET]) {
        expect(text).not.toContain(secret);
      }
    }
  });
});

/** Lines of the desk's log that tell of a problem: warnings and worse. */
/** But for the warning that this is the demo company, as it is in this lab. */
function problemsIn(desk: DeskProcess): readonly string[] {
  return desk
    .log()
    .split('\n')
    .filter((line) => !line.includes('this is the DEMO DATABASE'))
    .filter((line) => /"level":(?:[4-9]0|"(?:warn|error|fatal)")/.test(line) || line.includes('"problem"'));
}

/** Sends it as one packet, and gives what came until the other side closed. */
async function ask(port: number, text: string): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port });
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    answer += part;
  });
  await once(socket, 'connect');
  socket.write(text);
  await once(socket, 'close', { signal: AbortSignal.timeout(30_000) });
  return answer;
}
