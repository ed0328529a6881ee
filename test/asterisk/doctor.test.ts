import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parseConfig } from '../../src/config/load.ts';
import {
  judgeDialplan as judgeDialplanIn,
  type DialplanView,
} from '../../src/doctor/asterisk/dialplan.check.ts';
import { Endpoints } from '../../src/doctor/asterisk/endpoints.ts';
import {
  checkExtensions as checkExtensionsIn,
  checkTrunks as checkTrunksIn,
} from '../../src/doctor/asterisk/telephones.check.ts';
import { startAsterisk, type Asterisk } from '../lab/asterisk.ts';
import { inEnglish, inEnglishLater } from '../unit/doctor/in-english.ts';

const judgeDialplan = inEnglish(judgeDialplanIn);
const checkTrunks = inEnglishLater(checkTrunksIn);
const checkExtensions = inEnglishLater(checkExtensionsIn);

const EXTENSIONS = `[globals]
#tryinclude "courier-route.conf"
[from-trunk]
exten => s,1,GosubIf(\${DIALPLAN_EXISTS(courier-route,s,1)}?courier-route,s,1)
 same => n,Hangup()
[out]
exten => _X.,1,Hangup()
`;

/** A trunk that stays away: nobody is asked at that address, and it is asked often. */
const GONE = `
[gone]
type=aor
contact=sip:127.0.0.9:5999
qualify_frequency=1
[gone]
type=endpoint
aors=gone
`;

describe.each([22, 16] as const)('doctor beside a real Asterisk %i', (version) => {
  let asterisk: Asterisk;
  let endpoints: Endpoints;

  beforeAll(async () => {
    const sample = await readFile('dialplan-examples/courier-route.conf', 'utf8');
    const sampleTrunk = await readFile('dialplan-examples/pjsip.conf', 'utf8');
    // Nobody is at the address of the sample's trunk: only the trunk that is gone is asked whether it is there.
    const pjsip = sampleTrunk.replace(/^qualify_frequency=.*$/m, '');
    asterisk = await startAsterisk({
      version,
      files: (ports) => ({
        'extensions.conf': EXTENSIONS,
        'courier-route.conf': sample,
        'pjsip.conf': pjsip.replace('0.0.0.0:5060', `127.0.0.1:${ports.pjsip}`) + GONE,
        'sip.conf':
          `[general]\nbindport=${ports.chanSip}\nudpbindaddr=127.0.0.1\n` +
          '[sip-trunk]\ntype=peer\nhost=127.0.0.9\n[201]\ntype=friend\nhost=dynamic\nqualify=yes\n',
      }),
    });
    endpoints = new Endpoints(asterisk.rx);
  }, 120_000);

  afterAll(() => asterisk?.stop());

  const view = async (context = 'courier-route'): Promise<DialplanView> => ({
    context: await asterisk.rx(`dialplan show ${context}`).catch(String),
    dialplan: await asterisk.rx('dialplan show'),
    globals: await asterisk.rx('dialplan show globals'),
    // The folder is seen by this Asterisk alone.
    file: { path: '/etc/asterisk/courier-route.conf', exists: true, user: 'asterisk', mayBeRead: true },
    port: 4573,
  });

  const trunks = (dial: string) =>
    checkTrunks(endpoints, parseConfig(JSON.stringify({ dial: { trunks: [{ dial }] } }), 'test'));

  test('finds the sample dialplan, that it is called, and that it calls this port', async () => {
    expect(judgeDialplan(await view())).toMatchObject({ state: 'ok' });
    expect(judgeDialplan({ ...(await view()), port: 5000 })).toMatchObject({
      state: 'warn',
      remedy: expect.stringContaining(':5000/route'),
    });
  });

  test('sees which file the context came from, and misses that file', async () => {
    const now = await view();
    const file = { ...now.file, mayBeRead: false };
    expect(judgeDialplan({ ...now, file }).message).toContain('after a restart of Asterisk it is gone');
  });

  test('takes the port of the global that wins over the sample', async () => {
    await asterisk.rx('dialplan set global COURIER_ROUTER agi://127.0.0.1:5000/route');
    expect(judgeDialplan({ ...(await view()), port: 5000 })).toMatchObject({ state: 'ok' });
    expect(judgeDialplan(await view())).toMatchObject({ state: 'warn' });
    await asterisk.rx('dialplan set global COURIER_ROUTER agi://127.0.0.1:4573/route');
  });

  test('misses a context that is not loaded, and one that nothing calls', async () => {
    expect(judgeDialplan(await view('courier-rout'))).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('The dialplan has no context courier-route'),
    });
    const now = await view();
    const silent = now.dialplan.replaceAll(/GosubIf\(.*\?courier-route,s,1\)/g, 'NoOp()');
    expect(silent).not.toBe(now.dialplan);
    expect(judgeDialplan({ ...now, dialplan: silent }).message).toContain('Nothing in the dialplan calls');
  });

  test.each([
    ['PJSIP/{NUMBER}@trunk', 'ok', 'trunk'],
    ['PJSIP/{NUMBER}@trnk', 'fail', 'is trunk meant?'],
    ['PJSIP/{NUMBER}@gone', 'warn', 'gone'],
    ['Local/{NUMBER}@out', 'ok', 'out'],
    ['Local/{NUMBER}@nowhere', 'fail', 'nowhere'],
    ...(version === 16
      ? ([
          ['SIP/sip-trunk/{NUMBER}', 'ok', 'sip-trunk'],
          ['SIP/sip-trnk/{NUMBER}', 'fail', 'is sip-trunk meant?'],
        ] as const)
      : []),
  ])('asks about the trunk %s: %s', async (dial, state, message) => {
    const finding = await trunks(dial);
    expect(finding).toMatchObject({ state, message: expect.stringContaining(message) });
  });

  test('tells extensions that nobody has from those whose telephone is away', async () => {
    const config = parseConfig('', 'test');
    expect(await checkExtensions(endpoints, config, ['101', '199'])).toMatchObject({
      state: 'warn',
      details: { unknown: { codes: ['199'] }, notRegistered: { codes: ['101'] } },
    });
  });
});
