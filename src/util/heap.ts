import { setFlagsFromString } from 'node:v8';

/**
 * How far the old generation may grow beyond what was in use after the last collection, in percent. By itself V8 lets
 * it grow threefold, with garbage (bench/README.md).
 */
const GROWING_PERCENT = 40;

/** For a process that stays: less memory for a few more collections. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
