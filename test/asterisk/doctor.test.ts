import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
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
import { checkAmi as checkAmiIn } from '../../src/doctor/desk/ami.check.ts';
import { judgeClock, judgeEvents as judgeEventsIn } from '../../src/doctor/desk/ami-events.check.ts';
import { judgeRights as judgeRightsIn } from '../../src/doctor/desk/ami-rights.check.ts';
import { readManagerSettings } from '../../src/doctor/desk/manager-settings.ts';
import { startAsterisk, type Asterisk } from '../lab/asterisk.ts';
import { eventually } from '../lab/eventually.ts';
import { inEnglish, inEnglishLater } from '../service/doctor/in-english.ts';
import { installedManagerConf } from './samples.ts';

const judgeDialplan = inEnglish(judgeDialplanIn);
const checkTrunks = inEnglishLater(checkTrunksIn);
const checkExtensions = inEnglishLater(checkExtensionsIn);
const checkAmi = inEnglishLater(checkAmiIn);
const judgeRights = inEnglish(judgeRightsIn);
const judgeEvents = inEnglish(judgeEventsIn);

const EXTENSIONS = `[globals]
#tryinclude "courier-route.conf"
[from-trunk]
exten => s,1,GosubIf(\${DIALPLAN_EXISTS(courier-route,s,1)}?courier-route,s,1)
 same => n,Hangup()
[out]
exten => _X.,1,Hangup()
[waiting]
exten => s,1,Answer()
 same => n,Wait(60)
`;

const SECRET = 'a-long-random-secret';

/** Accounts as admins write them, each with another mistake. */
const ACCOUNTS = `
[blanks]
secret = ${SECRET}
read = system, call, agent, user
write = originate,call,reporting
[deaf]
secret = ${SECRET}
read = call,agent,user
write = originate,call,reporting
[mute]
secret = ${SECRET}
read = system,call,agent,user
[single]
secret = ${SECRET}
allowmultiplelogin = no
read = system,call,agent,user
write = originate,call,reporting
[mighty]
secret = ${SECRET}
read = all
write = all
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

/** Asterisk 22 gets the sample, Asterisk 16 one from which lines went missing. */
function managerConfOf(version: 16 | 22, port: number): string {
  const sample = installedManagerConf({ port, secret: SECRET });
  return version === 22 ? sample : sample.replaceAll(/^(?:timestampevents|channelvars) = .*$/gm, '');
}

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
        'manager.conf': managerConfOf(version, ports.ami) + ACCOUNTS,
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
    hasDeskAlone: false,
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

  const sectionOf = (username: string) => {
    const [section] = parseConfig(
      JSON.stringify({ asterisk: { port: asterisk.ports.ami, username } }),
      'test',
    ).asterisk;
    if (section === undefined) throw new Error('The configuration has no Asterisk.');
    return section;
  };

  /** What doctor finds about an account, as root beside this Asterisk, or from another machine. */
  async function examine(username: string, where: 'here' | 'elsewhere') {
    const section = sectionOf(username);
    const settings = where === 'here' ? await readManagerSettings(asterisk.rx, section.port) : null;
    const ami = await checkAmi(section, SECRET, settings);
    return {
      ami,
      rights: judgeRights(section, ami.view, settings, true),
      events: judgeEvents(ami.view, settings),
      clock: judgeClock(ami.view),
    };
  }

  test('finds nothing to mend in the account of the sample, but for others who may call', async () => {
    const elsewhere = await examine('courier-agi', 'elsewhere');
    expect(elsewhere).toMatchObject({
      ami: { state: 'ok' },
      rights: { state: 'ok' },
      clock: { state: 'ok' },
    });
    const here = await examine('courier-agi', 'here');
    expect(here.rights.message).toMatch(/^From any address blanks, .*mighty may log in/);
    expect(here.rights.message).not.toContain('courier-agi');
  });

  test('sees whether events bear times and what the router found, as the console tells', async () => {
    const { events } = await examine('courier-agi', 'here');
    if (version === 22) expect(events).toMatchObject({ state: 'ok' });
    else {
      expect(events).toMatchObject({
        state: 'warn',
        message: expect.stringMatching(/timestampevents is off.*channelvars lacks ROUTE_SHIPMENT/),
      });
    }
  });

  test('sees the same from another machine while there is a call, and says so when there is none', async () => {
    expect((await examine('courier-agi', 'elsewhere')).events).toMatchObject({ state: 'skipped' });
    await asterisk.rx('channel originate Local/s@waiting application Wait 60');
    const { events, ami } = await examine('courier-agi', 'elsewhere');
    await asterisk.rx('channel request hangup all');
    expect(ami.view?.channels?.length).toBeGreaterThan(0);
    if (version === 22) expect(events).toMatchObject({ state: 'ok' });
    // Without an event in these seconds only the variables show.
    else
      expect(events).toMatchObject({ state: 'warn', message: expect.stringContaining('channelvars lacks') });
  });

  test.each([
    ['blanks', 'here', 'fail', 'took read as system: call, agent, user is missing'],
    ['deaf', 'here', 'fail', 'system is missing'],
    ['deaf', 'elsewhere', 'fail', 'FullyBooted'],
    ['mute', 'elsewhere', 'fail', 'write lacks reporting'],
    ['mighty', 'elsewhere', 'warn', 'too much: command, config, system, agi in write'],
    ['mighty', 'here', 'warn', 'too much: command, config, dialplan, system, agi in write'],
  ] as const)('sees what is wrong with the account %s from %s', async (username, where, state, message) => {
    const { rights } = await examine(username, where);
    expect(rights).toMatchObject({ state, message: expect.stringContaining(message) });
  });

  test('knows a login that is refused, and beside the console whether there is such a user', async () => {
    const settings = await readManagerSettings(asterisk.rx, asterisk.ports.ami);
    const wrong = await checkAmi(sectionOf('mute'), 'another secret', settings);
    expect(wrong).toMatchObject({ state: 'fail', remedy: expect.stringContaining('secret of [mute]') });
    const unknown = await checkAmi(sectionOf('nobody'), SECRET, settings);
    expect(unknown.remedy).toContain('It has no such user');
  });

  test('does not call it a failure that the desk itself keeps a second session out', async () => {
    const desk = connect(asterisk.ports.ami, '127.0.0.1');
    try {
      desk.write(`Action: Login\r\nUsername: single\r\nSecret: ${SECRET}\r\nEvents: off\r\n\r\n`);
      await eventually('the desk is logged in', async () =>
        (await asterisk.rx('manager show connected')).includes('single'),
      );
      const settings = await readManagerSettings(asterisk.rx, asterisk.ports.ami);
      const found = await checkAmi(sectionOf('single'), SECRET, settings);
      expect(found).toMatchObject({
        state: 'warn',
        view: null,
        message: expect.stringContaining('allows that once'),
      });
    } finally {
      desk.destroy();
    }
  });

  test('does not take the console of this machine for that of another Asterisk', async () => {
    expect(await readManagerSettings(asterisk.rx, 5)).toBeNull();
  });
});
