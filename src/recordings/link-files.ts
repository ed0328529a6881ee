import { recordingKey } from './channel-key.ts';
import { splitName } from './formats.ts';
import { readName, type Pattern } from './pattern.ts';

/** A file of the source. */
export interface SeenFile {
  /** Below the source's root. */
  readonly path: string;
  readonly name: string;
}

/** A channel that files may belong to. Times are ms since 1970. */
export interface FileOwner {
  readonly call: string;
  readonly asterisk: string;
  readonly channel: string;
  readonly extension: string | null;
  readonly number: string | null;
  readonly startedAt: number;
  /** Infinity while it is there. */
  readonly endedAt: number;
  /** Names that Asterisk gave, without their endings. */
  readonly stems: readonly string[];
}

/** @returns a number as `contacts.VALUE` holds it; null when it is none */
export type ToNumber = (text: string) => string | null;

export interface LinkedFile<File extends SeenFile> {
  readonly file: File;
  readonly channel: FileOwner;
  readonly stem: string;
  readonly format: string;
}

/** The clock in a file's name and that of the channel's events. */
const CLOCK_MS = 5000;

/**
 * Tells which file belongs to which channel: by the name that Asterisk gave, by the unique id in it, or by telephone and
 * time: of several channels to the one that began last before it. What fits nobody, or two alike, is nobody's.
 */
export class FileLinker<File extends SeenFile> {
  readonly #patterns: readonly Pattern[];
  readonly #toLocal: (ms: number) => number;
  readonly #toNumber: ToNumber;
  readonly #byStem: Groups;
  readonly #byId: Groups;
  readonly #byTelephone: Groups;
  readonly #links = new Map<string, LinkedFile<File>>();

  /** @param toLocal see `localClock` */
  constructor(
    channels: readonly FileOwner[],
    patterns: readonly Pattern[],
    toLocal: (ms: number) => number,
    toNumber: ToNumber = (text) => text,
  ) {
    this.#patterns = patterns;
    this.#toLocal = toLocal;
    this.#toNumber = toNumber;
    this.#byStem = grouped(channels, ({ stems }) => stems);
    this.#byId = grouped(channels, ({ channel }) => [channel]);
    this.#byTelephone = grouped(channels, ({ extension, number }) => [extension, number]);
  }

  get links(): readonly LinkedFile<File>[] {
    return [...this.#links.values()];
  }

  add(file: File): void {
    const split = splitName(file.name);
    if (split === undefined) return;
    const channel = this.#ownerByName(split.stem) ?? this.#ownerByPattern(file.name);
    if (channel === undefined) return;
    const key = recordingKey(channel, split.stem);
    // Of a file and its conversion the first, in the order of their endings that browsers like.
    const other = this.#links.get(key);
    if (other === undefined || rank(split.format) < rank(other.format))
      this.#links.set(key, { file, channel, ...split });
  }

  #ownerByName(stem: string): FileOwner | undefined {
    const owners = this.#byStem.get(stem) ?? [];
    const [first] = owners;
    // Those of one call hand the variable on; two calls that name one file cannot both have it.
    return owners.every(({ call }) => call === first?.call) ? first : undefined;
  }

  #ownerByPattern(name: string): FileOwner | undefined {
    for (const pattern of this.#patterns) {
      const facts = readName(pattern, name);
      if (facts === undefined) continue;
      const owners = pattern.isByChannel
        ? (this.#byId.get(facts.uniqueid ?? '') ?? [])
        : this.#lastBefore(facts.localTime, facts.extension ?? this.#numberOf(facts.number ?? ''));
      if (owners.length === 1) return owners[0];
    }
    return undefined;
  }

  /** A recorder writes what was dialled or shown: 8 916 … for what the channel has as 7 916 … */
  #numberOf(text: string): string {
    return this.#byTelephone.has(text) ? text : (this.#toNumber(text) ?? text);
  }

  /** Channels of a telephone that a file of that time fits; of several those that began last before it. */
  #lastBefore(time: number | undefined, telephone: string): readonly FileOwner[] {
    if (time === undefined) return [];
    const fitting = (this.#byTelephone.get(telephone) ?? [])
      .map((owner) => ({ owner, start: this.#toLocal(owner.startedAt) }))
      .filter(
        ({ owner: { endedAt }, start }) =>
          time >= start - CLOCK_MS && (endedAt === Infinity || time <= this.#toLocal(endedAt) + CLOCK_MS),
      );
    const before = fitting.filter(({ start }) => start <= time);
    const last = Math.max(...before.map(({ start }) => start));
    const nearest = before.length === 0 ? fitting : before.filter(({ start }) => start === last);
    return nearest.map(({ owner }) => owner);
  }
}

/** @returns what a clock of that zone shows, as if it were UTC: to compare with the time in a file's name */
export function localClock(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (ms) => Date.parse(`${format.format(ms).replace(' ', 'T')}Z`);
}

const PREFERRED = ['wav', 'mp3', 'ogg'];

function rank(format: string): number {
  const place = PREFERRED.indexOf(format);
  return place === -1 ? PREFERRED.length : place;
}

type Groups = ReadonlyMap<string, readonly FileOwner[]>;

function grouped(
  channels: readonly FileOwner[],
  keysOf: (channel: FileOwner) => readonly (string | null)[],
): Groups {
  const groups = new Map<string, FileOwner[]>();
  for (const channel of channels) {
    for (const key of keysOf(channel)) {
      if (key === null || key === '') continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [channel]);
      else group.push(channel);
    }
  }
  return groups;
}
