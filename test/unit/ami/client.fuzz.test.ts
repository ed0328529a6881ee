import { afterEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Cleanups } from '../../lab/cleanups.ts';
import { nasty } from '../fuzz/arbitraries.ts';
import { FakeAmi } from './fake-ami.ts';
import { recordedEvents, wireText } from './streams.ts';
import { WatchedClient } from './watched-client.ts';
import { runs } from '../../lab/fuzz.ts';

const cleanups = new Cleanups();
afterEach(cleanups.run);

const EVENTS = recordedEvents('22-c2');
const NAMES = [...new Set(EVENTS.flatMap((event) => Object.keys(event)))];

const line = fc.oneof(
  fc
    .tuple(fc.constantFrom('Event', 'Response', 'ActionID', 'EventList', ...NAMES), nasty)
    .map((pair) => pair.join(': ')),
  fc.constantFrom(
    'Response: Success',
    'Response: Error',
    'Event: Hangup',
    'EventList: Complete',
    'Response: Goodbye',
  ),
  nasty,
);
/** Messages of Asterisk with hostile values, and what looks like messages, and bytes. */
const wire = fc.oneof(
  fc
    .tuple(fc.constantFrom(...EVENTS), fc.constantFrom(...NAMES), nasty)
    .map(([event, name, value]) => wireText(name in event ? { ...event, [name]: value } : event)),
  fc.array(line, { maxLength: 8 }).map((lines) => `${lines.join('\r\n')}\r\n\r\n`),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => `${Buffer.from(bytes).toString('latin1')}\r\n\r\n`),
);

test('whatever comes, the connection stands, the next question is answered, the next event is handed on', async () => {
  const ami = await new FakeAmi().start();
  cleanups.add(() => ami.stop());
  const watched = new WatchedClient(ami.port);
  cleanups.add(() => watched.client.stop());
  await watched.ready();
  const marker = EVENTS.find(({ Event }) => Event === 'Newchannel') ?? {};
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(wire, { maxLength: 10 }), async (parts) => {
      for (const part of parts) ami.peer.send(Buffer.from(part, 'utf8'));
      expect((await watched.client.action('Ping')).get('Ping')).toBe('Pong');
      round += 1;
      ami.peer.send(wireText({ ...marker, Uniqueid: `marker ${round}` }));
      await watched.client.action('Ping');
      expect(watched.events.at(-1)?.get('Uniqueid')).toBe(`marker ${round}`);
      watched.events.length = 0;
      watched.flaws.length = 0;
    }),
    runs(0.1),
  );
  expect(watched.downs).toEqual([]);
  expect(watched.problems).toEqual([]);
});
