import { maskText } from '../phone/mask.ts';

/** Every check, in the order in which they are made: what comes first is needed by what follows. */
export const CHECK_NAMES = [
  'configuration',
  'node',
  'http port',
  'port',
  'database',
  'grants',
  'columns',
  'contacts index',
  'states',
  'contact types',
  'numbers',
  'look-up',
  'dialling',
  'snapshot',
  'agi',
  'asterisk',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** `skipped`: could not be looked at, or makes no sense here; nothing is known. */
export type CheckState = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a check found. */
export interface Finding {
  readonly state: CheckState;
  /** One sentence; no name, no address, numbers masked. */
  readonly message: string;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null;
}

export interface CheckResult extends Finding {
  /** Stable: scripts may look for it. */
  readonly name: CheckName;
}

export const ok = (message: string): Finding => ({ state: 'ok', message, remedy: null });
export const warn = (message: string, remedy: string): Finding => ({ state: 'warn', message, remedy });
export const fail = (message: string, remedy: string): Finding => ({ state: 'fail', message, remedy });
export const skipped = (message: string, remedy: string | null = null): Finding => ({
  state: 'skipped',
  message,
  remedy,
});

/** A check that breaks is a finding, too: the others go on. */
export async function check(name: CheckName, look: () => Finding | Promise<Finding>): Promise<CheckResult> {
  try {
    const { state, message, remedy } = await look();
    return { name, state, message, remedy };
  } catch (error) {
    const problem = maskText(error instanceof Error ? error.message : String(error));
    return {
      name,
      ...fail(`Could not be checked: ${problem}`, 'Mend what the message says, then ask again.'),
    };
  }
}
