import { deskMetrics, type WatchedDesk } from '../../../src/desk/desk-metrics.ts';

const COUNTERS = { connects: 1, events: 9, malformed: 0, dropped: 0, unexpected: 0 };

/** A desk with one of everything that is counted, for those who look at names and labels. */
export const WATCHED: WatchedDesk = {
  desk: {
    isFollowing: true,
    events: { followers: 1 },
    followers: [
      {
        status: { asterisk: 'main', state: 'followed', problem: null, since: null },
        counters: COUNTERS,
        calls: () => [1, 2],
      },
    ],
  },
  engine: {
    counters: {
      made: [{ by: 'click', what: 'answered', count: 8 }],
      refused: [{ by: 'courier', what: 'asterisk_away', count: 2 }],
    },
  },
  journal: { waiting: 3, refused: 0, lost: 4, problem: undefined },
  damage: { damage: undefined },
  feeds: {
    waiting: () => Promise.resolve([['crm', 5] as const]),
    feeders: [{ name: 'crm', problem: undefined }],
  },
  recordings: { waiting: 7, problem: undefined },
  surveys: { counters: { answers: 6, lowMarks: 1 } },
  door: {
    counters: { calls: 0, alarms: 0, dropped: 0, refusals: new Map([['unavailable', 1]]) },
    connections: 0,
    isAlarmed: false,
  },
  opening: { door: { problem: undefined }, survey: { problem: 'it is taken' } },
};

/** One that has just been started. */
const STARTED: WatchedDesk = {
  ...WATCHED,
  engine: { counters: { made: [], refused: [] } },
  door: {
    counters: { calls: 0, alarms: 0, dropped: 0, refusals: new Map() },
    connections: 0,
    isAlarmed: false,
  },
};

/** What Prometheus reads of it. */
export async function watchedDeskMetrics(isStarted = false): Promise<string> {
  return (await deskMetrics(isStarted ? STARTED : WATCHED, () => 7e9)()).text;
}
