import { firstLeg, legsBehind } from '../calls/attempts.ts';
import type { Call, CallOutcome, Party } from '../calls/call.ts';
import type { Text } from '../util/language.ts';
import type { ResultCode } from './request.ts';

/** What became of a call that we made, for whoever asked for it. */
export interface CallResult extends Text {
  readonly code: ResultCode;
}

/**
 * What became of a call that we made, as its legs tell it: AMI's own answer gives the same reason for a busy telephone, a
 * refusal and a cancel.
 *
 * @returns null while it lasts
 */
export function resultOf(call: Call, wasCancelled: boolean): CallResult | null {
  if (call.state !== 'ended') return null;
  const code = codeOf(call, wasCancelled);
  return { code, ...TEXTS[code](call) };
}

/** Q.850: no route, no line, the network is out of order. */
const NO_WAY: ReadonlySet<number> = new Set([1, 3, 20, 27, 34, 38, 41, 42]);

function codeOf(call: Call, wasCancelled: boolean): ResultCode {
  const { outcome, direction, completeness } = call;
  if (outcome === 'answered') return 'answered';
  if (wasCancelled) return 'cancelled';
  if (outcome === null) return 'unknown';
  const hasAnswered = firstLeg(call)?.outcome === 'answered';
  const isAlone = legsBehind(call).length === 0;
  if (isAlone && hasAnswered) {
    // No trunk took the call, so that there was no attempt; or whoever was rung first hung up.
    if (NO_WAY.has(call.cause ?? 0)) return 'unreachable';
    return direction === 'courier' ? 'not_confirmed' : 'cancelled';
  }
  if (hasAnswered || !isAlone || completeness === 'partial') return outcome;
  return `first_${outcome}`;
}

const COURIER: Text = { en: 'The courier', ru: 'Курьер' };
const SUBSCRIBER: Text = { en: 'The subscriber', ru: 'Абонент' };

/** An extension is named, a number stays out of the text. */
function nameOf({ extension }: Party, otherwise: Text): Text {
  if (extension === null) return otherwise;
  return { en: `The telephone ${extension}`, ru: `Телефон ${extension}` };
}

const first =
  (ru: string, en: string) =>
  ({ from, direction }: Call): Text => {
    const name = nameOf(from, direction === 'courier' ? COURIER : SUBSCRIBER);
    return {
      en: `${name.en} ${en}; the other side was not called.`,
      ru: `${name.ru}: ${ru}; второй стороне не звонили.`,
    };
  };
const second =
  (ru: string, en: string) =>
  ({ to }: Call): Text => {
    const name = nameOf(to, SUBSCRIBER);
    return { en: `${name.en} ${en}.`, ru: `${name.ru}: ${ru}.` };
  };
const plain = (ru: string, en: string) => () => ({ en, ru });

const WORDS: Readonly<
  Record<Exclude<CallOutcome, 'answered' | 'cancelled'>, readonly [ru: string, en: string]>
> = {
  no_answer: ['нет ответа', 'did not answer'],
  busy: ['занято', 'is busy'],
  refused: ['звонок сброшен', 'refused the call'],
  unreachable: ['нет связи: выключен, вне сети или номер не обслуживается', 'cannot be reached'],
  failed: ['линия не приняла звонок', 'was not reached: the line did not take the call'],
};

const TEXTS: Readonly<Record<ResultCode, (call: Call) => Text>> = {
  answered: plain('Разговор состоялся.', 'They talked.'),
  cancelled: plain('Звонок отменён.', 'The call was cancelled.'),
  unknown: plain(
    'Чем закончился звонок, неизвестно: связь с Asterisk прерывалась.',
    'How the call ended is not known: the connection to Asterisk was interrupted.',
  ),
  not_confirmed: plain(
    'Курьер не нажал 1 или положил трубку; получателю не звонили.',
    'The courier did not press 1, or hung up; the recipient was not called.',
  ),
  no_answer: second(...WORDS.no_answer),
  busy: second(...WORDS.busy),
  refused: second(...WORDS.refused),
  unreachable: second(...WORDS.unreachable),
  failed: second(...WORDS.failed),
  first_no_answer: first(...WORDS.no_answer),
  first_busy: first(...WORDS.busy),
  first_refused: first(...WORDS.refused),
  first_unreachable: first(...WORDS.unreachable),
  first_failed: first(...WORDS.failed),
  first_cancelled: plain('Звонок отменён.', 'The call was cancelled.'),
};

export const RESULT_CODES: readonly string[] = Object.keys(TEXTS);
