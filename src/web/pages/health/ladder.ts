/** A rung of a test call, as the desk tells it. */
export interface Step {
  readonly name: string;
  readonly state: 'ok' | 'fail' | 'skipped';
  readonly message: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null;
}

/**
 * The rungs that have been told so far: the answer is one JSON document, of which a rung is written when it is known.
 *
 * @param text the beginning of the answer; `before` comes back where it ends in the middle of a rung
 */
export function stepsSoFar(text: string, before: readonly Step[]): readonly Step[] {
  for (const ending of ['', ']}']) {
    try {
      const { steps }: { steps: Step[] } = JSON.parse(text + ending);
      return steps;
    } catch {
      // It ends elsewhere.
    }
  }
  return before;
}
