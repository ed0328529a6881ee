import type { Text } from '../../util/language.ts';

/** The rungs of a test call, from the bottom: each needs those before it. */
export const STEP_NAMES = [
  'name',
  'port',
  'banner',
  'login',
  'right',
  'context',
  'trunk',
  'first rings',
  'first answers',
  'second rings',
  'second answers',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

export interface Step {
  readonly name: StepName;
  /** `skipped`: one before it failed. */
  readonly state: 'ok' | 'fail' | 'skipped';
  readonly message: Text;
  /** What to do; null where nothing is to be done. */
  readonly remedy: Text | null;
}

/** A rung, and the name of the Asterisk that it is about. */
export interface NamedStep extends Step {
  readonly asterisk: string;
}

export const good = (name: StepName, message: Text): Step => ({ name, state: 'ok', message, remedy: null });
export const bad = (name: StepName, message: Text, remedy: Text): Step => ({
  name,
  state: 'fail',
  message,
  remedy,
});
export const skipped = (name: StepName): Step => ({
  name,
  state: 'skipped',
  message: { en: 'Not tried.', ru: 'Не проверялось.' },
  remedy: null,
});
