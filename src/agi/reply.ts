import { AgiProtocolError, excerpt } from './errors.ts';

/** Asterisk's answer to one command. */
export interface AgiReply {
  /** 200, 503, 510, 511 or 520. */
  readonly code: number;
  /** What stands after `result=`: a number as a rule, digits pressed, or empty. Empty in a 5xx. */
  readonly result: string;
  /** What stands in the parentheses, raw: it may hold parentheses and newlines. */
  readonly value: string | undefined;
  /** Where playing or recording stopped, in samples. */
  readonly endpos: number | undefined;
  /** The whole reply as it came; lines are joined by a newline. */
  readonly text: string;
}

/** The line `HANGUP`: on a hangup, and once more at the normal end of a session. */
export const HANGUP = 'HANGUP';

/** Only an error comes without a result. */
const REPLY = /^(?:([1-5]\d\d) result=([^ ]*)([^]*)|(5\d\d) .*)$/;
const USAGE_BEGINS = '520-';
/** Versions before 1.8 glue this to the last line of the usage text. */
const USAGE_ENDS = '520 End of proper usage.';
/** res_agi.c: RECORD FILE and SPEECH RECOGNIZE say more after the parentheses. */
const TAIL = /\) (?:digit=. )?endpos=(\d+)(?: results=.*)?$/;
const ENDPOS = /^ endpos=(\d+)$/;

/** Puts lines together to replies. Pure: no command, no socket. */
export class ReplyAssembler {
  /** Most characters of one reply. */
  readonly maxLength: number;
  #inside: 'value' | 'usage' | undefined;
  #text = '';

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  /** Whether a reply of several lines has begun and not ended. */
  get incomplete(): boolean {
    return this.#inside !== undefined;
  }

  /**
   * @returns a reply that this line completes, {@link HANGUP}, or undefined when more lines are to come or
   *   the line only announces a reply (`100 result=0 Trying...`)
   * @throws {AgiProtocolError} Asterisk sends no such line, or the reply grows beyond the limit
   */
  push(line: string): AgiReply | typeof HANGUP | undefined {
    if (this.#inside !== undefined) return this.#continue(line, this.#inside);
    if (line === HANGUP) return HANGUP;
    if (line.startsWith(USAGE_BEGINS)) return this.#begin(line, 'usage');
    const match = REPLY.exec(line);
    if (match === null) throw new AgiProtocolError(`A line is no AGI reply: ${excerpt(line)}.`);
    if (line.startsWith('1')) return undefined;
    const rest = match[3] ?? '';
    // A newline in a variable's value: the reply goes on until a line that ends in `)`.
    if (rest.startsWith(' (') && !rest.endsWith(')') && !TAIL.test(rest)) return this.#begin(line, 'value');
    return toReply(match, line);
  }

  #begin(line: string, what: 'value' | 'usage'): undefined {
    this.#inside = what;
    this.#text = line;
  }

  #continue(line: string, what: 'value' | 'usage'): AgiReply | undefined {
    if (this.#text.length + line.length + 1 > this.maxLength) {
      throw new AgiProtocolError(`A reply is longer than ${this.maxLength} characters.`);
    }
    this.#text += `\n${line}`;
    if (!line.endsWith(what === 'usage' ? USAGE_ENDS : ')')) return undefined;
    const text = this.#text;
    this.#inside = undefined;
    this.#text = '';
    if (what === 'usage') return { code: 520, result: '', value: undefined, endpos: undefined, text };
    return toReply(REPLY.exec(text), text);
  }
}

function toReply(match: RegExpExecArray | null, text: string): AgiReply {
  const code = Number(match?.[1] ?? match?.[4]);
  const result = match?.[2] ?? '';
  const rest = match?.[3] ?? '';
  if (!rest.startsWith(' (')) {
    const endpos = ENDPOS.exec(rest)?.[1];
    return {
      code,
      result,
      value: undefined,
      endpos: endpos === undefined ? undefined : Number(endpos),
      text,
    };
  }
  if (rest.endsWith(')')) return { code, result, value: rest.slice(2, -1), endpos: undefined, text };
  const tail = TAIL.exec(rest);
  return { code, result, value: rest.slice(2, tail?.index), endpos: Number(tail?.[1]), text };
}
