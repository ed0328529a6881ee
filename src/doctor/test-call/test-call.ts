import { CallRefusedError } from '../../calling/refusals.ts';
import type { Call } from '../../calls/call.ts';
import { isReached, stepsOfCall } from './call.steps.ts';
import { type Reach, reachSteps } from './reach.steps.ts';
import { hasContext, refusalSteps } from './refusal.step.ts';
import { bad, STEP_NAMES, skipped, type Step } from './step.ts';

export interface TestCallOptions extends Reach {
  /**
   * Has the call made.
   *
   * @param onCall gets each version of it
   * @throws {CallRefusedError}
   */
  readonly place: (onCall: (call: Call) => void) => Promise<Call>;
  /** For both telephones together, in ms. */
  readonly patienceMs: number;
}

/**
 * A call of two telephones as a ladder: every rung from the name of the host to the second answer, each good, failed with
 * what to do, or skipped behind the one that failed. At the top the two talk, until they hang up.
 */
export async function* testCall(options: TestCallOptions): AsyncGenerator<Step> {
  const told = new Set<string>();
  const tell = (steps: readonly Step[]): Step[] => {
    const fresh = withSkipped(steps).filter(({ name }) => !told.has(name));
    for (const { name } of fresh) told.add(name);
    return fresh;
  };
  for await (const steps of climb(options)) {
    yield* tell(steps);
    if (steps.some(({ state }) => state === 'fail')) break;
  }
  yield* STEP_NAMES.filter((name) => !told.has(name)).map(skipped);
}

/** All rungs that are known, again and again, until nothing more comes. */
async function* climb(options: TestCallOptions): AsyncGenerator<Step[]> {
  const below = await reachSteps(options);
  if (below.at(-1)?.state === 'fail') {
    yield below;
    return;
  }
  // The desk's own rules come to light with the call: the right to make it is not known before.
  const loggedIn = below.filter(({ name }) => name !== 'right');
  yield loggedIn;
  const news = new News<Call>();
  try {
    news.putFirst(await options.place((call) => news.put(call)));
  } catch (error) {
    if (!(error instanceof CallRefusedError)) throw error;
    const steps = refusalSteps(error);
    yield [...(steps[0]?.name === 'right' ? loggedIn : below), ...steps];
    return;
  }
  const until = performance.now() + options.patienceMs;
  let steps = [...below, hasContext];
  for (;;) {
    const call = await news.next(until - performance.now());
    if (call === undefined) {
      yield [...steps, unheard(steps)];
      return;
    }
    steps = [...below, hasContext, ...stepsOfCall(call)];
    yield steps;
    if (call.state === 'ended' || isReached(steps)) return;
  }
}

/** Rungs that were passed over on the way to one that failed. */
function withSkipped(steps: readonly Step[]): Step[] {
  const failed = steps.find(({ state }) => state === 'fail');
  if (failed === undefined) return [...steps];
  const known = new Map(steps.map((step) => [step.name, step]));
  const upTo = STEP_NAMES.slice(0, STEP_NAMES.indexOf(failed.name) + 1);
  return upTo.map((name) => known.get(name) ?? skipped(name));
}

/** The next rung is not reached in all that time. */
function unheard(steps: readonly Step[]): Step {
  const last = steps.at(-1)?.name ?? 'right';
  return bad(
    STEP_NAMES[STEP_NAMES.indexOf(last) + 1] ?? last,
    {
      en: 'Asterisk took the call, and nothing more was heard of it.',
      ru: 'Asterisk принял звонок, и больше о нём ничего не слышно.',
    },
    {
      en: 'Do events of calls come? sudo courier-agi doctor looks at read in manager.conf. asterisk -rvvv shows the call.',
      ru: 'Приходят ли события звонков? sudo courier-agi doctor проверит read в manager.conf. Сам звонок покажет asterisk -rvvv.',
    },
  );
}

/** The latest of what comes, whenever somebody asks. */
class News<Value> {
  #latest: Value | undefined;
  #hasCome = false;
  #wake: (() => void) | undefined;

  put(value: Value): void {
    this.#hasCome = true;
    this.#latest = value;
    this.#wake?.();
  }

  /** Unless something newer is there. */
  putFirst(value: Value): void {
    if (!this.#hasCome) this.put(value);
  }

  /** @returns what came since it was asked last; undefined when nothing did in time */
  async next(withinMs: number): Promise<Value | undefined> {
    if (this.#latest === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, withinMs));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const latest = this.#latest;
    this.#latest = undefined;
    return latest;
  }
}
