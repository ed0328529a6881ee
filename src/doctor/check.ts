import { maskText } from '../phone/mask.ts';
import type { Config } from '../config/config.ts';
import { messageOf } from '../util/errors.ts';
import { joined, type Text } from '../util/language.ts';

/** Every check, in the order in which they are made: what comes first is needed by what follows. */
export const CHECK_NAMES = [
  'configuration',
  'files',
  'node',
  'http port',
  'port',
  'database',
  'grants',
  'columns',
  'contacts index',
  'codes index',
  'states',
  'contact types',
  'numbers',
  'couriers',
  'managers',
  'clients',
  'look-up',
  'dialling',
  'snapshot',
  'agi',
  'dialplan',
  'trunks',
  'extensions',
] as const;

/** Those of the desk, which follow where an Asterisk to follow is configured. */
export const DESK_CHECK_NAMES = [
  'ami',
  'ami rights',
  'ami events',
  'ami address',
  'clock',
  'journal',
  'cdr',
  'accounts',
  'desk port',
  'door',
  'recordings',
  'names',
  'feeds',
  'survey',
  'calls',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number] | (typeof DESK_CHECK_NAMES)[number];

/** What is checked with this configuration, in this order. */
export function checkNames({ asterisk }: Pick<Config, 'asterisk'>): readonly CheckName[] {
  return asterisk.length === 0 ? CHECK_NAMES : [...CHECK_NAMES, ...DESK_CHECK_NAMES];
}

/** `skipped`: could not be looked at, or makes no sense here; nothing is known. */
export type CheckState = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a check found. */
export interface Finding {
  readonly state: CheckState;
  /** A sentence or two; no name, no address, numbers masked. */
  readonly message: Text;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: Text | null;
  /** For `--json`: whom or what it is about, by its code. */
  readonly details?: Readonly<Record<string, CodeList>>;
}

/** Their number, and the first of their codes. */
export interface CodeList {
  readonly count: number;
  readonly codes: readonly string[];
}

export interface CheckResult extends Finding {
  /** Stable: scripts may look for it. */
  readonly name: CheckName;
}

export const ok = (message: Text): Finding => ({ state: 'ok', message, remedy: null });
export const warn = (message: Text, remedy: Text): Finding => ({ state: 'warn', message, remedy });
export const fail = (message: Text, remedy: Text): Finding => ({ state: 'fail', message, remedy });
export const skipped = (message: Text, remedy: Text | null = null): Finding => ({
  state: 'skipped',
  message,
  remedy,
});

/** The worst first. */
export const SEVERITY: readonly CheckState[] = ['fail', 'warn', 'skipped', 'ok'];

/** One finding of those about several things: as bad as the worst of them, and each with its name when there are more. */
export function combine(findings: readonly (readonly [name: string, Finding])[]): Finding {
  const [first] = findings;
  if (first === undefined) return skipped({ en: 'There is nothing to look at.', ru: 'Проверять нечего.' });
  if (findings.length === 1) return first[1];
  const state = SEVERITY.find((one) => findings.some(([, finding]) => finding.state === one)) ?? 'ok';
  const remedies = findings.flatMap(([name, { remedy }]) => (remedy === null ? [] : [label(name, remedy)]));
  return {
    state,
    message: joined(
      findings.map(([name, { message }]) => label(name, message)),
      '\n',
    ),
    remedy: remedies.length === 0 ? null : joined(remedies),
  };
}

function label(name: string, { en, ru }: Text): Text {
  return { en: `${name}: ${en}`, ru: `${name}: ${ru}` };
}

/** A check that breaks is a finding, too: the others go on. */
export async function check(name: CheckName, look: () => Finding | Promise<Finding>): Promise<CheckResult> {
  try {
    const { state, message, remedy, details } = await look();
    return { name, state, message, remedy, ...(details && { details }) };
  } catch (error) {
    return { name, ...broken(error) };
  }
}

/** What keeps something from being looked at. */
export function broken(error: unknown): Finding {
  const problem = maskText(messageOf(error));
  return fail(
    { en: `Could not be checked: ${problem}`, ru: `Не удалось проверить: ${problem}` },
    {
      en: 'Fix what the message says, then run doctor again.',
      ru: 'Устраните причину и запустите doctor ещё раз.',
    },
  );
}
