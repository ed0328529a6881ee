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
/** Of several Asterisks, until each is followed or has said why it is not, in ms. */
const HEARD_MS = 5000;
const LOOK_MS = 50;

/** Makes a call without the desk: over connections of its own, without journal and database. */
export interface LoneCaller extends Pick<CallEngine, 'place' | 'asteriskFor'> {
  readonly stop: () => Promise<void>;
}

const away = () => new CallRefusedError('asterisk_away');

/** Its connections are made when it is asked for the first time. */
export function openLoneCaller(config: Config): LoneCaller {
  const { asterisk, calls, desk, dial, numbers, routing } = config;
  let followers: readonly AsteriskFollower[] = [];
  /** Those that are followed, or have said why they are not. */
  const heard = new Set<string>();
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
    asterisks: () => followers,
    requests: () => {
      throw away();
    },
    findCall: async () => undefined,
    tell: (call) => engine.onCall(call),
    onProblem: () => undefined,
  });
  const follow = (section: Config['asterisk'][number]): AsteriskFollower => {
    const { name, host, port, username, secretFile, tls, trunks } = section;
    return new AsteriskFollower(
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
        onStatus: () => void heard.add(name),
        onEvent: (event) => engine.onEvent(event),
        onCompared: () => engine.onFollowed(name),
        onProblem: () => undefined,
      },
      { calls: [], gap: undefined },
    );
  };
  const start = (): void => {
    if (followers.length > 0) return;
    followers = asterisk.map(follow);
    for (const follower of followers) follower.start();
    engine.start();
  };
  return {
    asteriskFor: async (request) => {
      if (calls !== undefined) {
        start();
        await until(() => heard.size === followers.length, HEARD_MS);
      }
      return engine.asteriskFor(request);
    },
    place: async (request, onCall) => {
      if (calls !== undefined) {
        start();
        const isThere = () => followers.some(({ status }) => status.state === 'followed');
        if (!(await until(isThere, FOLLOWED_MS))) throw away();
      }
      return engine.place(request, onCall);
    },
    stop: async () => {
      engine.stop();
      await Promise.all(followers.map((follower) => follower.stop()));
    },
  };
}

/** @returns whether it came about in time */
async function until(isReached: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!isReached()) {
    if (performance.now() > end) return false;
    await sleep(LOOK_MS);
  }
  return true;
}
