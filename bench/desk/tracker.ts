import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AmiMessage } from '../../src/ami/message.ts';
import { Tracker } from '../../src/calls/tracker.ts';

/**
 * CPU of following calls, an event: the recorded streams again and again, 100 calls a second of Asterisk's
 * time, each with ids of its own. Reading the wire is not in it.
 *
 *     tsc -p bench/tsconfig.json && cp package.json .lab/bench/ && node .lab/bench/bench/desk/tracker.js
 */
const CALLS = Number(process.argv[2] ?? 6000);
const CALLS_PER_SECOND = 100;
const START = 1_800_000_000;

const FOLDER = join('test', 'fixtures', 'ami-streams');
const ID = /(?:Uniqueid|Linkedid)$/;

type Headers = Readonly<Record<string, string>>;

const streams = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name): readonly Headers[] => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

interface Timed {
  readonly at: number;
  readonly message: AmiMessage;
}

/** The events of one call that begins at `start`, seconds. */
function callEvents(number: number, start: number): Timed[] {
  const stream = streams[number % streams.length] ?? [];
  const first = Number(stream[0]?.['Timestamp'] ?? 0);
  return stream.map((headers) => {
    const at = start + Number(headers['Timestamp']) - first;
    const values = Object.entries(headers).map(([name, value]) => {
      if (name === 'Timestamp') return at.toFixed(6);
      return ID.test(name) && value !== '' ? `${number}-${value}` : value;
    });
    return { at, message: new AmiMessage(Object.keys(headers), values) };
  });
}

const told = { live: 0, ended: 0, answered: 0 };
const tracker = new Tracker({
  asterisk: 'bench',
  onCall: ({ state, outcome }) => {
    if (state !== 'ended') told.live += 1;
    else {
      told.ended += 1;
      if (outcome === 'answered') told.answered += 1;
    }
  },
});

let events = 0;
let cpuMicros = 0;
let mostCalls = 0;
let waiting: Timed[] = [];
for (let number = 0; number < CALLS; number += CALLS_PER_SECOND) {
  const second = START + number / CALLS_PER_SECOND;
  for (let index = 0; index < CALLS_PER_SECOND; index++) {
    waiting.push(...callEvents(number + index, second + index / CALLS_PER_SECOND));
  }
  waiting.sort((a, b) => a.at - b.at);
  const due = waiting.filter(({ at }) => at < second + 1);
  waiting = waiting.filter(({ at }) => at >= second + 1);

  const before = process.cpuUsage();
  for (const { at, message } of due) tracker.feed(message, at * 1000);
  const { user, system } = process.cpuUsage(before);
  cpuMicros += user + system;
  events += due.length;
  mostCalls = Math.max(mostCalls, tracker.size.calls);
}
for (const { at, message } of waiting) tracker.feed(message, at * 1000);
tracker.tick(START * 1000 + 1e9);

process.stdout.write(
  `${[
    `events         ${events}, ${(events / (CALLS / CALLS_PER_SECOND)).toFixed(0)} a second`,
    `CPU an event   ${(cpuMicros / events).toFixed(1)} us`,
    `CPU a call     ${(cpuMicros / CALLS).toFixed(0)} us`,
    `calls          ${told.ended} told ended of ${CALLS}, ${told.answered} answered, at most ${mostCalls} at a time`,
    `told meanwhile ${(told.live / CALLS).toFixed(1)} times a call`,
    `heap           ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB, left behind: ${JSON.stringify(tracker.size)}`,
  ].join('\n')}\n`,
);
