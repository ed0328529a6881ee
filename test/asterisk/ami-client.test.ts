import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AmiMessage } from '../../src/ami/message.ts';
import type { AmiClientOptions } from '../../src/ami/options.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { AMI_USER, managerConf } from '../lab/asterisk/base-config.ts';
import { Cleanups } from '../lab/cleanups.ts';
import { until } from '../unit/ami/fake-ami.ts';
import { WatchedClient } from '../unit/ami/watched-client.ts';

/** Two more accounts: one with a mistake that is often made, one that only acts. */
const ACCOUNTS = `
[blanks]
secret = change-me-blanks
read = call, cdr, system
write = call, originate
[acting]
secret = change-me-acting
read = call
write = originate
allowmultiplelogin = no
`;

const DIALPLAN = `
[lab]
exten => 100,1,Answer()
 same => n,Wait(60)
exten => busy,1,Busy(1)
`;

/** After an Asterisk that runs again. */
const BACK_WITHIN_MS = 5000;

describe.each([22, 16] as const)('AMI of Asterisk %s', (version) => {
  let asterisk: Asterisk;
  const all = new Cleanups();

  beforeAll(async () => {
    asterisk = await startAsterisk({
      version,
      files: ({ ami }) => ({ 'manager.conf': managerConf(ami) + ACCOUNTS, 'extensions.conf': DIALPLAN }),
    });
    all.add(asterisk.stop);
  }, 120_000);
  afterAll(all.run, 60_000);

  async function during(
    options: Partial<AmiClientOptions>,
    body: (watched: WatchedClient) => Promise<void>,
  ): Promise<void> {
    const watched = new WatchedClient(asterisk.ports.ami, {
      ...AMI_USER,
      events: ['system', 'call', 'user', 'cdr'],
      ...options,
    });
    try {
      await body(watched);
    } finally {
      await watched.client.stop();
    }
  }

  const named = (watched: WatchedClient, name: string): readonly AmiMessage[] =>
    watched.events.filter(({ event }) => event === name);

  test.each(['md5', 'plain'] as const)('login, %s', (login) =>
    during({ login }, async (watched) => {
      await watched.ready();
      expect(watched.readies).toEqual([{ protocol: version === 22 ? '11.0.0' : '5.0.4', booted: true }]);
      expect((await watched.client.action('Ping')).get('Ping')).toBe('Pong');
      expect(watched.problems).toEqual([]);
    }),
  );

  test('a call of our own: its events are all believed, it stands in the list, and it can be hung up', () =>
    during({}, async (watched) => {
      await watched.ready();
      const channelId = `ami-test-${Date.now()}`;
      const answer = await watched.client.action('Originate', [
        ['Channel', 'Local/100@lab/n'],
        ['ChannelId', channelId],
        ['Context', 'lab'],
        ['Exten', '100'],
        ['Priority', '1'],
        ['CallerID', '"Анна \\"А\\" Иванова" <79162000001>'],
        ['Async', 'true'],
      ]);
      expect(answer.get('Message')).toBe('Originate successfully queued');
      await watched.untilEvent('OriginateResponse');
      expect(named(watched, 'OriginateResponse')[0]?.get('Reason')).toBe('4');
      expect(named(watched, 'Newchannel').map((event) => event.get('Uniqueid'))).toContain(channelId);

      const list = await watched.client.list('CoreShowChannels');
      expect(list.items.map((one) => one.get('Uniqueid'))).toContain(channelId);
      expect(list.items).toHaveLength(Number(list.complete?.get('ListItems')));
      expect(list.flaws).toBe(0);

      await watched.client.action('Hangup', [['Channel', channelId]]);
      await watched.untilEvent('Hangup', 2);
      expect(watched.flaws).toEqual([]);
      expect(named(watched, 'Hangup').every((event) => Number(event.get('Timestamp')) > 1e9)).toBe(true);
    }));

  test('a hundred calls: no event is taken for a forged one', () =>
    during({}, async (watched) => {
      await watched.ready();
      await Promise.all(
        Array.from({ length: 100 }, () =>
          watched.client.action('Originate', [
            ['Channel', 'Local/busy@lab'],
            ['Context', 'lab'],
            ['Exten', 'busy'],
            ['Priority', '1'],
            ['Async', 'true'],
          ]),
        ),
      );
      await watched.untilEvent('OriginateResponse', 100);
      await watched.untilEvent('Hangup', 200);
      expect(watched.flaws).toEqual([]);
      expect(watched.client.counters.unexpected).toBe(0);
    }));

  test('refusals', () =>
    during({}, async (watched) => {
      await watched.ready();
      const originate = watched.client.action('Originate', [
        ['Channel', 'Local/100@lab'],
        ['Context', 'nowhere'],
        ['Exten', '1'],
        ['Priority', '1'],
        ['Async', 'true'],
      ]);
      await expect(originate).rejects.toMatchObject({
        code: 'AMI_ACTION',
        message: 'Asterisk refuses Originate: "Extension does not exist.".',
      });
      await expect(watched.client.action('Command', [['Command', 'core show uptime']])).rejects.toMatchObject(
        {
          code: 'AMI_RIGHTS',
        },
      );
      await expect(watched.client.action('NoSuchThing')).rejects.toMatchObject({
        message: expect.stringMatching(/Invalid\/unknown command/),
      });
    }));

  test('a wrong secret', () =>
    during({ secret: 'wrong' }, async (watched) => {
      expect(await watched.problem()).toMatchObject({ code: 'AMI_LOGIN' });
    }));

  test('a second login of a user who may have one session', () =>
    during({ username: 'acting', secret: 'change-me-acting', events: [] }, async (first) => {
      await first.ready();
      await during({ username: 'acting', secret: 'change-me-acting', events: [] }, async (second) => {
        expect(await second.problem()).toMatchObject({
          code: 'AMI_LOGIN',
          message: expect.stringMatching(/allowmultiplelogin/),
        });
      });
    }));

  test('blanks in `read` are found out', () =>
    during({ username: 'blanks', secret: 'change-me-blanks', timing: { bootMs: 1000 } }, async (watched) => {
      await watched.ready();
      expect(watched.readies[0]?.booted).toBe(false);
      expect(watched.problems).toEqual([
        { code: 'AMI_RIGHTS', message: expect.stringMatching(/there are blanks in it/) },
      ]);
    }));

  test(
    'a restart: back soon after it, and the gap is told',
    () =>
      during({ timing: { firstPauseMs: 250, longestPauseMs: 4000 } }, async (watched) => {
        await watched.ready();
        const restartedAt = Date.now();
        await asterisk.rx('core restart now').catch(() => '');
        await until('the end of the connection', () => watched.downs.length === 1, 30_000);
        let bootedAt = 0;
        for (let count = 0; count < 300 && bootedAt === 0; count += 1) {
          const answer = await asterisk.rx('core waitfullybooted').catch(() => '');
          if (answer.includes('fully booted')) bootedAt = Date.now();
          else await sleep(100);
        }
        await until('ready again', () => watched.readies.length === 2, BACK_WITHIN_MS);
        expect(watched.readies[1]?.booted).toBe(true);
        expect(watched.downs[0]?.code).toBe('AMI_CLOSED');
        expect(watched.downs[0]?.since.getTime()).toBeGreaterThan(restartedAt - 15_000);
        expect((await watched.client.list('CoreShowChannels')).items).toEqual([]);
      }),
    90_000,
  );
});
