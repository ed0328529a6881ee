import { closest } from 'fastest-levenshtein';
import { CodedError } from '../util/errors.ts';
import { stripConsole } from './console.ts';
import { ENVIRONMENT_NAMES, isEnvironmentName } from './environment.ts';

/** What must be true of a channel variable at the end of the call. */
export type Expectation =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'matches'; readonly name: string; readonly pattern: RegExp }
  | { readonly kind: 'present'; readonly name: string };

/** One call: who calls, and what must come of it. */
export interface Scenario {
  /** Where it was read, for messages. */
  readonly file: string;
  /** The first comment; the file's name without one. */
  readonly title: string;
  /** By `agi_…` name. */
  readonly environment: ReadonlyMap<string, string>;
  /** Channel variables set before the call. */
  readonly presets: ReadonlyMap<string, string>;
  readonly expectations: readonly Expectation[];
  readonly hangupAfter?: number;
}

export class ScenarioError extends CodedError {
  readonly code = 'SCENARIO_INVALID';
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly received: string;
  readonly allowed: string;

  constructor(file: string, line: number, received: string, allowed: string) {
    super(`${file}:${line}: received «${received}»; ${allowed}`);
    this.file = file;
    this.line = line;
    this.received = received;
    this.allowed = allowed;
  }
}

const MAX_HANGUP_AFTER = 1000;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a scenario, written by hand or pasted from Asterisk's console after `agi set debug on`.
 *
 * A line is one of: `# comment`, `agi_…: value`, `set NAME=value`, `expect NAME=value`, `expect NAME=`
 * (empty or not set), `expect NAME~regex`, `expect NAME` (not empty), `hangup after N`. On lines that begin
 * with set, expect or hangup, a `#` after a space begins a comment too; an `agi_…` value goes to the end of
 * its line, because Asterisk prints callers' names as they are.
 *
 * @param file only for messages and for the title of a scenario without comments
 * @throws {ScenarioError} a line that is none of these; the message names file, line, value and what is allowed
 */
export function parseScenario(text: string, file: string): Scenario {
  return new Parser(file).parse(text);
}

class Parser {
  readonly #file: string;
  readonly #environment = new Map<string, string>();
  readonly #presets = new Map<string, string>();
  readonly #expectations: Expectation[] = [];
  #title: string | undefined;
  #hangupAfter: number | undefined;
  #line = 0;

  constructor(file: string) {
    this.#file = file;
  }

  parse(text: string): Scenario {
    for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
      this.#line++;
      this.#readLine(line);
    }
    return {
      file: this.#file,
      title: this.#title ?? titleOfFile(this.#file),
      environment: this.#environment,
      presets: this.#presets,
      expectations: this.#expectations,
      ...(this.#hangupAfter === undefined ? {} : { hangupAfter: this.#hangupAfter }),
    };
  }

  #readLine(raw: string): void {
    const written = raw.trim();
    if (written.startsWith('#')) return this.#readComment(written);
    const line = stripConsole(raw)?.trim();
    if (line === undefined || line === '') return;
    if (/^agi_/i.test(line)) return this.#readEnvironment(line);

    const [keyword = '', ...words] = line.replace(/\s+#.*$/, '').split(/\s+/);
    const rest = line
      .slice(keyword.length)
      .replace(/\s+#.*$/, '')
      .trim();
    if (keyword === 'set') this.#readPreset(rest);
    else if (keyword === 'expect') this.#readExpectation(rest);
    else if (keyword === 'hangup') this.#readHangup(words, line);
    else {
      this.#refuse(
        line,
        'a line begins with #, agi_…:, set, expect or hangup after, or is pasted from «agi set debug on»',
      );
    }
  }

  #readComment(line: string): void {
    const comment = line.replace(/^#+/, '').trim();
    if (comment !== '') this.#title ??= comment;
  }

  #readEnvironment(line: string): void {
    const colon = line.indexOf(':');
    if (colon === -1) this.#refuse(line, 'an environment line reads agi_…: value');
    const name = line.slice(0, colon).trim();
    if (!isEnvironmentName(name)) {
      this.#refuse(
        name,
        `Asterisk sends no such line; the nearest is ${closest(name, [...ENVIRONMENT_NAMES])}`,
      );
    }
    if (this.#environment.has(name)) {
      this.#refuse(line, `${name} may be given once: a scenario is one call, so paste one call alone`);
    }
    this.#environment.set(name, line.slice(colon + 1).trim());
  }

  #readPreset(rest: string): void {
    const equals = rest.indexOf('=');
    const name = rest.slice(0, Math.max(equals, 0)).trim();
    if (!NAME.test(name)) this.#refuse(`set ${rest}`, 'a preset reads set NAME=value');
    this.#presets.set(name, rest.slice(equals + 1).trim());
  }

  #readExpectation(rest: string): void {
    const [, name = '', operator, operand = ''] = /^([^\s=~]*)\s*(?:([=~])(.*))?$/.exec(rest) ?? [];
    const value = operand.trim();
    if (!NAME.test(name)) {
      this.#refuse(
        `expect ${rest}`,
        'an expectation reads expect NAME=value, expect NAME~regex or expect NAME',
      );
    }
    if (operator === undefined) this.#expectations.push({ kind: 'present', name });
    else if (operator === '=') this.#expectations.push({ kind: 'equals', name, value });
    else this.#expectations.push({ kind: 'matches', name, pattern: this.#readPattern(value) });
  }

  #readPattern(source: string): RegExp {
    if (source === '') this.#refuse('', 'a regular expression stands after ~');
    try {
      return new RegExp(source, 'u');
    } catch (error) {
      return this.#refuse(source, `a JavaScript regular expression stands after ~ (${String(error)})`);
    }
  }

  #readHangup(words: readonly string[], line: string): void {
    const [after, count = '', ...more] = words;
    const valid =
      after === 'after' && /^\d{1,4}$/.test(count) && Number(count) <= MAX_HANGUP_AFTER && more.length === 0;
    if (!valid)
      this.#refuse(line, `a hangup reads hangup after N, with N commands from 0 to ${MAX_HANGUP_AFTER}`);
    if (this.#hangupAfter !== undefined) this.#refuse(line, 'hangup after may be given once');
    this.#hangupAfter = Number(count);
  }

  #refuse(received: string, allowed: string): never {
    throw new ScenarioError(this.#file, this.#line, received, allowed);
  }
}

function titleOfFile(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.agi$/, '');
}
