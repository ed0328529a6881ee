import { expect, test } from '@jest/globals';
import { CallRefusedError } from '../../src/calling/refusals.ts';
import { eventually } from '../lab/eventually.ts';
import { PROGRAM, startRig } from '../service/calling/rig.ts';

const CALLS = 1000;
/** Calls between two cuts of the connection. */
const BETWEEN_CUTS = 100;
const AT_ONCE = 20;

test('a thousand calls while AMI is cut now and then: none is made twice, and none is without an outcome', async () => {
  const rig = await startRig({ calls: { perMinute: 1_000_000 } });
  try {
    const accepted: string[] = [];
    const refused: string[] = [];
    let attempts = 0;
    let cuts = 0;
    const worker = async (): Promise<void> => {
      while (accepted.length < CALLS && attempts < 5 * CALLS) {
        attempts += 1;
        const key = `key-${attempts}`;
        const to = { kind: 'number', number: String(79_160_000_000 + attempts) } as const;
        try {
          const from = { kind: 'extension', extension: '103' } as const;
          const { id } = await rig.place({ requester: PROGRAM, from, to, key });
          accepted.push(id);
          // Whoever repeats a request gets the same call, also while the connection is away.
          if (attempts % 7 === 0)
            expect((await rig.place({ requester: PROGRAM, from, to, key })).id).toBe(id);
          if (accepted.length < (cuts + 1) * BETWEEN_CUTS) continue;
          cuts += 1;
          rig.asterisk.disconnect();
        } catch (error) {
          if (!(error instanceof CallRefusedError)) throw error;
          refused.push(error.code);
          await eventually('AMI is back', () => rig.desk.followers.some(({ client }) => client.ready));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    expect(accepted).toHaveLength(new Set(accepted).size);
    expect(accepted.length).toBeGreaterThanOrEqual(CALLS);
    expect(cuts).toBeGreaterThanOrEqual(Math.floor(CALLS / BETWEEN_CUTS));
    // A call that was cut off may also be made once AMI is back, within the time of an answer.
    expect(refused.filter((code) => code !== 'asterisk_away')).toEqual([]);
    const last = () => new Map(rig.told.map((call) => [call.id, call]));
    await eventually(
      'every call has ended',
      () => {
        const calls = last();
        return accepted.every((id) => calls.get(id)?.state === 'ended');
      },
      30_000,
    );

    // Of each request one Originate at most, and as many telephones rung as calls told.
    const asked = rig.asked();
    expect(new Set(asked.map(({ channelId }) => channelId)).size).toBe(asked.length);
    expect(new Set(asked.map(({ exten }) => exten)).size).toBe(asked.length);
    const results = accepted.map((id) => last().get(id));
    for (const call of results) {
      expect(call?.request?.result?.ru).toMatch(/\.$/);
      // Where it is not known what became of it, that is what is said.
      if (call?.outcome === null) expect(call.request?.result?.code).toBe('unknown');
    }
    expect(results.filter((call) => call?.outcome === 'answered').length).toBeGreaterThan(CALLS / 2);
    // What was refused while nobody could say whether it is made does not go on either.
    await eventually('no channel is left', () => rig.asterisk.channels === 0);
  } finally {
    await rig.stop();
  }
}, 300_000);
