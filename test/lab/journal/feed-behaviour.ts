import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../../src/journal/engine.ts';
import type { JournalStore, SaveListener } from '../../../src/journal/journal.store.ts';
import { Feeder, type FeederOptions } from '../../../src/feeds/feeder.ts';
import { Outbox } from '../../../src/feeds/outbox.ts';
import { outboxListener } from '../../../src/feeds/outbox-listener.ts';
import type { FeedMessage } from '../../../src/feeds/receiver.ts';
import { Webhook } from '../../../src/feeds/webhook.ts';
import { Cleanups } from '../cleanups.ts';
import { eventually } from '../eventually.ts';
import { answeredCall } from './sample-calls.ts';

const ANNA = '79161234567';
const SECRET = 'not for everybody';

interface Taken {
  readonly id: string;
  readonly type: string;
  readonly call: string;
}

/** A receiver of webhooks that fails as it is told to. */
async function startReceiver(answer: (request: number, call: string) => number) {
  const taken: Taken[] = [];
  const forged: string[] = [];
  let requests = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const [id, at, signature] = ['id', 'timestamp', 'signature'].map((name) =>
      String(request.headers[`webhook-${name}`]),
    );
    const expected = createHmac('sha256', SECRET).update(`${id}.${at}.${body}`).digest('base64');
    if (signature !== `v1,${expected}`) forged.push(body);
    const { type, call } = JSON.parse(body);
    const status = answer((requests += 1), call.id);
    if (status === 200) {
      taken.push({ id: id ?? '', type, call: call.id });
    }
    response.writeHead(status).end('thank you');
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // `close` waits for connections that are kept alive.
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, taken, forged, requests: () => requests, stop };
}

/** What feeds must do on every engine. @param makeStore an empty journal that tells the listener what it writes */
export function describeFeeds(
  engine: Engine,
  makeStore: (listener: SaveListener) => Promise<JournalStore>,
): void {
  const cleanups = new Cleanups();
  const feed = { name: 'crm', kinds: ['call.ended', 'recording.ready'] } as const;
  const outbox = new Outbox(engine, [feed, { name: 'other', kinds: ['survey.answered'] }]);
  let store: JournalStore;
  let told: string[];
  beforeEach(async () => {
    store = await makeStore(outboxListener(outbox));
    told = [];
  });
  afterEach(cleanups.run);

  const startFeeder = (url: string, options: Partial<FeederOptions> = {}): Feeder => {
    const feeder = new Feeder({
      feed,
      receiver: new Webhook({ url, key: Buffer.from(SECRET) }),
      outbox,
      store: () => store,
      onProblem: (problem) => told.push(problem),
      onBack: () => told.push('back'),
      idleMs: 5,
      pauseMs: 5,
      maxPauseMs: 40,
      ...options,
    });
    cleanups.add(() => feeder.stop());
    feeder.start();
    return feeder;
  };
  const receiverThat = async (answer: (request: number, call: string) => number) => {
    const receiver = await startReceiver(answer);
    cleanups.add(receiver.stop);
    return receiver;
  };
  const isEmpty = async (): Promise<boolean> => (await outbox.waiting(store.db, feed.name)) === 0;

  describe('a feed', () => {
    test('brings each call that has ended, once, signed', async () => {
      const { url, taken, forged } = await receiverThat(() => 200);
      const talking = answeredCall(2, ANNA, { state: 'talking', endedAt: null, outcome: null });
      await store.save([answeredCall(1, ANNA), talking]);
      startFeeder(url);
      await eventually('the first', () => taken.length === 1);
      await store.save([answeredCall(1, ANNA), answeredCall(2, ANNA)]);
      await eventually('the outbox is empty', isEmpty);
      expect(taken.map(({ type, call }) => `${type} ${call}`)).toEqual([
        `call.ended ${answeredCall(1, ANNA).id}`,
        `call.ended ${talking.id}`,
      ]);
      expect(forged).toEqual([]);
      expect(await outbox.waiting(store.db, 'other')).toBe(0);
    });

    test('brings all of them, of each call in order, to a receiver that fails one time in three', async () => {
      const { url, taken } = await receiverThat((request) => (request % 3 === 0 ? 500 : 200));
      const calls = Array.from({ length: 40 }, (_, n) => answeredCall(n, ANNA));
      await store.save(calls);
      for (const { id } of calls) {
        await outbox.add(store.db, [{ kind: 'recording.ready', call: id, subject: `${id}.wav` }], Date.now());
      }
      startFeeder(url);
      await eventually('the outbox is empty', isEmpty, 60_000);
      expect(new Set(taken.map(({ id }) => id)).size).toBe(80);
      for (const { id } of calls) {
        expect(taken.filter(({ call }) => call === id).map(({ type }) => type)).toEqual([
          'call.ended',
          'recording.ready',
        ]);
      }
    }, 90_000);

    test('tells that the journal is away when it stays so, and that it is back though nothing waits', async () => {
      const { url } = await receiverThat(() => 200);
      let broken = 0;
      let rounds = 0;
      startFeeder(url, {
        store: () => {
          rounds += 1;
          if (broken === 0) return store;
          broken -= 1;
          throw new Error('The table is full');
        },
      });
      for (const _ of [1, 2, 3]) {
        broken = 2;
        await eventually('it works again', () => broken === 0);
        const before = rounds;
        await eventually('a round has ended well', () => rounds > before + 1);
      }
      expect(told).toEqual([]);
      broken = 5;
      await eventually('it is back', () => told.length > 1);
      expect(told).toEqual(['The table is full', 'back']);
    });

    test('waits for a receiver that is away, tries it now and then, and tells so once', async () => {
      let isAway = true;
      const { url, taken, requests } = await receiverThat(() => (isAway ? 503 : 200));
      const calls = Array.from({ length: 60 }, (_, n) => answeredCall(n, ANNA));
      await store.save(calls);
      const feeder = startFeeder(url, { pauseMs: 20 });
      await eventually('some tries', () => requests() > 63);
      expect(told).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ answered 503\.$/)]);
      isAway = false;
      await eventually('the outbox is empty', isEmpty, 20_000);
      expect(taken.map(({ call }) => call).toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
      expect(told.slice(1)).toEqual(['back']);
      expect(feeder.counters.delivered).toBe(60);
    });

    test('one event that is always refused delays no other one, and does not tell that the receiver is away', async () => {
      const [refused, later] = [answeredCall(1, ANNA), answeredCall(2, ANNA)];
      const asked: string[] = [];
      const { url } = await receiverThat((_request, call) => {
        asked.push(call);
        return call === refused.id ? 422 : 200;
      });
      await store.save([refused]);
      startFeeder(url, { maxPauseMs: 300_000 });
      await eventually('it was refused often', () => asked.length === 10);
      await store.save([later]);
      await eventually('the later one was taken', () => asked.includes(later.id));
      expect(asked.indexOf(later.id)).toBe(10);
      expect(told).toEqual([]);
    });

    test('a receiver that is away is told also when a single event waits', async () => {
      const { url } = await receiverThat(() => 503);
      await store.save([answeredCall(1, ANNA)]);
      startFeeder(url);
      await eventually('it is told', () => told.length > 0);
      expect(told).toEqual([expect.stringMatching(/ answered 503\.$/)]);
    });

    test('to a folder writes what is more than one file holds without waiting, and likewise after a failure', async () => {
      await store.save([1, 2, 3, 4, 5].map((n) => answeredCall(n, ANNA)));
      const rows: number[] = [];
      const send = async (messages: readonly FeedMessage[]): Promise<void> => {
        rows.push(messages.length);
        if (rows.length === 2) throw new Error('No space is left.');
      };
      startFeeder('', { fileRows: 2, receiver: { atOnce: 1, everyMs: 3_600_000, send } });
      await eventually('the outbox is empty', isEmpty);
      expect(rows).toEqual([2, 2, 1, 2]);
    });

    test('that is stopped sends no more than it had begun with, and tells nothing twice', async () => {
      const sent: string[] = [];
      const send = async ([message]: readonly FeedMessage[]): Promise<void> => {
        sent.push(message?.call.id ?? '');
        await sleep(100);
      };
      const calls = Array.from({ length: 20 }, (_, n) => answeredCall(n, ANNA));
      await store.save(calls);
      const receiver = { atOnce: 2, everyMs: null, send };
      const old = startFeeder('', { receiver });
      await eventually('it sends', () => sent.length > 0);
      await old.stop();
      expect(sent.length).toBeLessThan(10);
      startFeeder('', { receiver });
      await eventually('the outbox is empty', isEmpty);
      expect(sent.toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
    });

    test('goes on in a new process where the old one was', async () => {
      const { url, taken, requests } = await receiverThat((request) => (request <= 5 ? 503 : 200));
      await store.save([answeredCall(1, ANNA), answeredCall(2, ANNA)]);
      const old = startFeeder(url, {
        receiver: new Webhook({ url: 'http://127.0.0.1:1/', key: Buffer.from(SECRET) }),
      });
      await eventually('it was told', () => told.length > 0);
      await old.stop();
      startFeeder(url);
      await eventually('the outbox is empty', isEmpty);
      expect(requests()).toBeGreaterThan(5);
      expect(taken).toHaveLength(2);
    });

    test('says nothing of a call that turned out to be a part of another', async () => {
      const { url, taken } = await receiverThat(() => 200);
      await store.save([answeredCall(1, ANNA), answeredCall(2, ANNA)]);
      const [gone, into] = [answeredCall(1, ANNA).id, answeredCall(2, ANNA).id];
      const happened = { kind: 'call.ended', call: gone } as const;
      await outbox.add(store.db, [{ ...happened, kind: 'recording.ready', subject: 'r' }], Date.now());
      await outbox.add(
        store.db,
        [{ ...happened, kind: 'survey.answered', subject: `${gone} mark` }],
        Date.now(),
      );
      await store.join({ gone, into });
      const left = await store.db.selectFrom('feed_events').select(['kind', 'call_id', 'subject']).execute();
      expect(left.map(({ kind, call_id, subject }) => `${kind} ${call_id} ${subject}`).toSorted()).toEqual([
        `call.ended ${into} ${into}`,
        `recording.ready ${into} r`,
        `survey.answered ${into} ${into} mark`,
      ]);
      startFeeder(url);
      await eventually('the outbox is empty', isEmpty);
      expect([...new Set(taken.map(({ call }) => call))]).toEqual([into]);
    });

    test('forgets what was sent a week ago, and gives up what nobody took for two months', async () => {
      const day = 86_400_000;
      await store.save([answeredCall(1, ANNA), answeredCall(2, ANNA)]);
      const [first] = await outbox.due(store.db, feed.name, Date.now(), 1);
      await outbox.settle(store.db, { done: [first?.place ?? 0], retries: [] }, Date.now() - 8 * day);
      expect(await outbox.sweep(store.db, Date.now())).toBe(0);
      expect(await outbox.waiting(store.db, feed.name)).toBe(1);
      expect(await outbox.sweep(store.db, Date.now() + 61 * day)).toBe(1);
      expect(await isEmpty()).toBe(true);
    });
  });
}
