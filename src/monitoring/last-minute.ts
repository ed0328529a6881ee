/** Of durations, in ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const SECONDS = 60;
/** The shortest time that is told from a shorter one, in ms. */
const LEAST_MS = 0.01;
/** Each bucket reaches to that many times the end of the one before it: percentiles are right to one part in 50. */
const RATIO = 1.02;
/** The last one reaches to over a minute: no call takes that long. */
const BUCKETS = 800;

/** How long things took that ended in the last minute, however many they were: counted by second and duration. */
export class LastMinute {
  readonly #seconds = Array.from({ length: SECONDS }, () => ({
    /** Of the clock; -1: none yet. */
    second: -1,
    counts: new Uint32Array(BUCKETS),
    max: 0,
  }));

  /**
   * @param now in ms, of any clock that `percentiles` is asked with as well
   * @param ms how long it took
   */
  add(now: number, ms: number): void {
    const second = Math.floor(now / 1000);
    const slot = this.#seconds[second % SECONDS];
    if (slot === undefined) return;
    if (slot.second !== second) {
      slot.second = second;
      slot.counts.fill(0);
      slot.max = 0;
    }
    const bucket = Math.min(bucketOf(ms), BUCKETS - 1);
    slot.counts[bucket] = (slot.counts[bucket] ?? 0) + 1;
    slot.max = Math.max(slot.max, ms);
  }

  /** @returns null when nothing ended in the last 60 seconds of the clock, the one that runs included */
  percentiles(now: number): Percentiles | null {
    const since = Math.floor(now / 1000) - SECONDS;
    const counts = new Float64Array(BUCKETS);
    let total = 0;
    let max = 0;
    for (const slot of this.#seconds) {
      if (slot.second <= since) continue;
      max = Math.max(max, slot.max);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const count = slot.counts[bucket] ?? 0;
        counts[bucket] = (counts[bucket] ?? 0) + count;
        total += count;
      }
    }
    if (total === 0) return null;
    const rank = (share: number): number => round(Math.min(max, endOf(findBucket(counts, share * total))));
    return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: round(max) };
  }
}

function bucketOf(ms: number): number {
  return Math.max(0, Math.ceil(Math.log(ms / LEAST_MS) / Math.log(RATIO)));
}

function endOf(bucket: number): number {
  return LEAST_MS * RATIO ** bucket;
}

/** @returns the bucket at which the running count reaches `wanted` */
function findBucket(counts: Float64Array, wanted: number): number {
  let seen = 0;
  return counts.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
