import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { packageVersion } from '../util/package.ts';
import type { CallingCounters } from '../calling/counters.ts';
import type { Door } from '../door/door.ts';
import type { Journal } from '../journal/journal.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { AsteriskFollower } from './asterisk-follower.ts';
import { addCallingMetrics } from './calling-metrics.ts';
import { addDoorMetrics } from './door-metrics.ts';
import type { Opening } from './opening.ts';

/** For the one value that is asked of the journal, in ms. Prometheus gives up on all of them after 10 s, or 5. */
const JOURNAL_MS = 1000;

/** What is watched, as far as it is. */
export interface WatchedDesk {
  readonly desk: {
    readonly isFollowing: boolean;
    readonly events: { readonly followers: number };
    readonly followers: readonly WatchedFollower[];
  };
  readonly engine: { readonly counters: Pick<CallingCounters, 'made' | 'refused'> };
  readonly journal: Pick<Journal, 'waiting' | 'refused' | 'lost' | 'problem'>;
  /** Undefined where the journal is no file. */
  readonly damage: { readonly damage: string | undefined } | undefined;
  readonly feeds: {
    waiting(): Promise<readonly (readonly [feed: string, events: number])[]>;
    readonly feeders: readonly { readonly name: string; readonly problem: unknown }[];
  };
  readonly surveys: { readonly counters: { readonly answers: number; readonly lowMarks: number } };
  readonly door: Pick<Door, 'counters' | 'connections' | 'isAlarmed'> | undefined;
  readonly opening: Opening;
  readonly recordings: Pick<Recordings, 'waiting' | 'problem'> | undefined;
}

interface WatchedFollower extends Pick<AsteriskFollower, 'status' | 'counters'> {
  calls(): readonly unknown[];
}

/**
 * What Prometheus reads of the desk. Values are read when somebody asks.
 *
 * @param freeBytes of the disk that the journal is on; undefined when it is a database elsewhere
 */
export function deskMetrics(
  { desk, engine, journal, damage, feeds, surveys, door, opening, recordings }: WatchedDesk,
  freeBytes?: () => number,
): () => Promise<{ type: string; text: string }> {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'courier_agi_desk_info',
    help: 'Always 1; the labels tell what runs',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: packageVersion(), node: process.versions.node }, 1);

  const gauge = (name: string, help: string, read: () => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  };
  gauge('courier_agi_desk_following', '1 while this desk follows the calls, 0 while another one does', () =>
    Number(desk.isFollowing),
  );
  gauge('courier_agi_desk_journal_waiting', 'Calls that wait to be written', () => journal.waiting);
  gauge(
    'courier_agi_desk_journal_refused',
    'Calls that the journal would never take, since the start',
    () => journal.refused,
  );
  gauge(
    'courier_agi_desk_journal_lost',
    'Calls given up since the start, as the journal was away for too long',
    () => journal.lost,
  );
  if (freeBytes !== undefined)
    gauge('courier_agi_desk_journal_free_bytes', 'Room on the disk of the journal', freeBytes);
  gauge('courier_agi_desk_journal_away', '1 while the journal cannot be written', () =>
    Number(journal.problem !== undefined),
  );
  if (damage !== undefined)
    gauge('courier_agi_desk_journal_damaged', '1 while the file of the journal is known to be damaged', () =>
      Number(damage.damage !== undefined),
    );
  gauge('courier_agi_desk_event_followers', 'Streams of events that are open', () => desk.events.followers);

  gauge(
    'courier_agi_desk_survey_answers',
    'Marks and reviews since the start',
    () => surveys.counters.answers,
  );
  gauge('courier_agi_desk_survey_low_marks', 'Low ones of them', () => surveys.counters.lowMarks);

  if (recordings !== undefined) {
    gauge(
      'courier_agi_desk_recordings_waiting',
      'Recordings that are still to come',
      () => recordings.waiting,
    );
    gauge('courier_agi_desk_recordings_away', '1 while recordings cannot be collected', () =>
      Number(recordings.problem !== undefined),
    );
  }

  const perAsterisk = (name: string, help: string, read: (follower: WatchedFollower) => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ['asterisk'],
        registers: [],
        collect() {
          this.reset();
          for (const follower of desk.followers)
            this.set({ asterisk: follower.status.asterisk }, read(follower));
        },
      }),
    );
  };
  perAsterisk('courier_agi_desk_asterisk_up', '1 while this Asterisk is followed', ({ status }) =>
    Number(status.state === 'followed'),
  );
  perAsterisk('courier_agi_desk_calls', 'Calls that last', (follower) => follower.calls().length);
  perAsterisk('courier_agi_desk_ami_events', 'Events since the start', ({ counters }) => counters.events);
  perAsterisk(
    'courier_agi_desk_ami_malformed',
    'Messages that were not believed',
    ({ counters }) => counters.malformed,
  );
  perAsterisk(
    'courier_agi_desk_ami_dropped',
    'Events thrown away, since the desk was behind',
    ({ counters }) => counters.dropped,
  );
  perAsterisk(
    'courier_agi_desk_ami_connects',
    'Connections since the start',
    ({ counters }) => counters.connects,
  );
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_port_closed',
      help: '1 while the port of this part could not be opened',
      labelNames: ['part'],
      registers: [],
      collect() {
        for (const [part, { problem }] of Object.entries(opening))
          this.set({ part }, Number(problem !== undefined));
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_feed_waiting',
      help: 'Events that a receiver is still to be told',
      labelNames: ['feed'],
      registers: [],
      async collect() {
        this.reset();
        // A database that has fallen silent would make the desk look dead.
        const none = sleep(JOURNAL_MS, [], { ref: false });
        for (const [feed, count] of await Promise.race([feeds.waiting(), none])) this.set({ feed }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'courier_agi_desk_feed_away',
      help: '1 while a receiver takes nothing',
      labelNames: ['feed'],
      registers: [],
      collect() {
        // A desk that has handed over tries no more, and remembers what was.
        for (const { name, problem } of feeds.feeders)
          this.set({ feed: name }, Number(desk.isFollowing && problem !== undefined));
      },
    }),
  );
  addCallingMetrics(registry, engine.counters);
  if (door !== undefined) addDoorMetrics(registry, door);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  return async () => ({ type: registry.contentType, text: await registry.metrics() });
}
