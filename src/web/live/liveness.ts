import { computed, signal } from '@preact/signals';

export interface AsteriskState {
  readonly asterisk: string;
  /** `followed` when all is well. */
  readonly state: string;
  readonly problem: string | null;
  /** When it was heard last; null while it is followed, and when it never was. */
  readonly since: string | null;
}

interface Connection {
  /** `loading`: the line stands, facts are being read anew. What is shown is as of `at` unless it is `live`. */
  readonly state: 'loading' | 'live' | 'lost';
  /** When what is shown was true for the last time, in ms; null when nothing is known yet. */
  readonly at: number | null;
}

/** Of the desk: `standby` leaves the calls to another one, and learns of them from the journal alone. */
export type DeskRole = 'starting' | 'following' | 'standby';

export const connection = signal<Connection>({ state: 'loading', at: null });
/** Null until it is known. */
export const deskRole = signal<DeskRole | null>(null);
/** One an Asterisk; empty until they are known, and while the desk follows none. */
export const asterisks = signal<readonly AsteriskState[]>([]);

/** Takes over how an Asterisk is, as the desk says when that changes: only one that follows says so. */
export function takeStatus(status: AsteriskState): void {
  const others = asterisks.value.filter(({ asterisk }) => asterisk !== status.asterisk);
  asterisks.value = [...others, status].toSorted((a, b) => (a.asterisk < b.asterisk ? -1 : 1));
  deskRole.value = 'following';
}

/** What of a call tells whether it is live. */
export interface OfAsterisk {
  readonly asterisk: string;
}

/** Asterisks out of the desk's reach. */
export const lostAsterisks = computed(() => asterisks.value.filter(({ state }) => state !== 'followed'));

/** Whether there is anything to follow: a line to the desk, and an Asterisk that it follows. */
export const isLive = computed(
  () =>
    connection.value.state !== 'lost' &&
    (isUntold() || asterisks.value.some(({ state }) => state === 'followed')),
);

/** Whether what is shown of a call is true now. Read inside of components, as a signal. */
export function isCallLive({ asterisk }: OfAsterisk): boolean {
  const its = asterisks.value.find((one) => one.asterisk === asterisk);
  return isLive.value && (its === undefined ? deskRole.value === null : its.state === 'followed');
}

/** When what is shown was true, in ms, where the line to the desk or an Asterisk is lost; null when that is not known. */
export const asOf = computed(() => {
  const { state, at } = connection.value;
  if (state === 'lost' || isIdle()) return at;
  return earliest(lostAsterisks.value.flatMap(({ since }) => since ?? []));
});

/** As `asOf`, of a call that is not live. */
export function callAsOf({ asterisk }: OfAsterisk): number | null {
  const { state, at } = connection.value;
  const since = lostAsterisks.value.find((one) => one.asterisk === asterisk)?.since ?? null;
  if (since === null) return at;
  return state === 'lost' && at !== null ? Math.min(Date.parse(since), at) : Date.parse(since);
}

/** Nobody has said yet which Asterisks there are. */
function isUntold(): boolean {
  return deskRole.value === null && asterisks.value.length === 0;
}

/** The desk follows nothing itself. */
function isIdle(): boolean {
  return deskRole.value !== null && deskRole.value !== 'following';
}

/** In ms; null for none. */
function earliest(times: readonly string[]): number | null {
  return times.length === 0 ? null : Math.min(...times.map(Date.parse));
}
