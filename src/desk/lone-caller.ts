import { setTimeout as sleep } from 'node:timers/promises';
import { CallEngine } from '../calling/engine.ts';
import { CallRefusedError } from '../calling/refusals.ts';
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/load.ts';
import { createFieldParser } from '../phone/field.ts';
import { normaliseNumber } from '../phone/number.ts';
import { createDialer } from '../routing/dialer.ts';
import { AsteriskFollower } from './asterisk-follower.ts';
import { trunkNames } from './trunk-names.ts';

/** From the connection until it is known what channels there are, in ms. */
const FOLLOWED_MS = 15_000;
const LOOK_MS = 50;

/** Makes a call without the desk: over a connection of its own, without journal and database. */
export interface LoneCaller {
  readonly place: CallEngine['place'];
  readonly stop: () => Promise<void>;
}

const away = () => new CallRefusedError('asterisk_away');

/** @param config whose first Asterisk makes the calls */
export function openLoneCaller(config: Config): LoneCaller {
  const { asterisk, calls, desk, dial, numbers, routing } = config;
  const [section] = asterisk;
  let follower: AsteriskFollower | undefined;
  const engine: CallEngine = new CallEngine({
    calls,
    timeZone: desk.timeZone,
    dialer: createDialer(dial, numbers.country),
    courierPrefix: dial.courierPrefix,
    people: {
      find: async () => [],
      findShipment: async () => null,
      findCourier: async () => null,
      normalise: (raw) => normaliseNumber(raw, numbers.country, numbers),
      parseField: createFieldParser(numbers.country, numbers),
      courierPhones: routing.courierPhones,
    },
    asterisks: () => (follower === undefined ? [] : [follower]),
    requests: () => {
      throw away();
    },
    findCall: async () => undefined,
    tell: (call) => engine.onCall(call),
    onProblem: () => undefined,
  });
  const start = async (): Promise<void> => {
    if (section === undefined) throw away();
    const { name, host, port, username, secretFile, tls, trunks } = section;
    const followed = new AsteriskFollower(
      {
        name,
        account: { host, port, username, secret: readSecret(secretFile), ...(tls && { tls: {} }) },
        trunks: [...trunks, ...trunkNames(dial.trunks)],
        numbers,
        onCall: (call) => {
          engine.onSeen(call);
          engine.onCall(call);
        },
        onJoin: () => undefined,
        onGapBegan: () => undefined,
        onGap: () => undefined,
        onStatus: () => undefined,
        onEvent: (event) => engine.onEvent(event),
        onCompared: () => engine.onFollowed(name),
        onProblem: () => undefined,
      },
      { calls: [], gap: undefined },
    );
    follower = followed;
    followed.start();
    const until = performance.now() + FOLLOWED_MS;
    while (followed.status.state !== 'followed') {
      if (performance.now() > until) throw away();
      await sleep(LOOK_MS);
    }
    engine.start();
  };
  return {
    place: async (request, onCall) => {
      if (calls !== undefined) await start();
      return engine.place(request, onCall);
    },
    stop: async () => {
      engine.stop();
      await follower?.stop();
    },
  };
}
