import { AgiEnvironmentError } from './errors.ts';

/** Asterisk sends 22 lines, `agi_network_script` and at most 128 arguments. */
export const MAX_ENVIRONMENT_LINES = 200;

/** What every call has, in Asterisk's order (res_agi.c, setup_env). */
const USUAL_KEYS = (
  'network network_script request channel language type uniqueid version callerid calleridname ' +
  'callingpres callingani2 callington callingtns dnid rdnis context extension priority enhanced ' +
  'accountcode threadid'
)
  .split(' ')
  .map((name) => `agi_${name}`);
const USUAL_BEGINNINGS = USUAL_KEYS.map((key) => `${key}: `);
const COLON_BLANK = 2;
const USUAL_PLACES: ReadonlyMap<string, number> = new Map(USUAL_KEYS.map((key, place) => [key, place]));
const BLANK = 0x20;
const KEY = /^agi_[a-z0-9_]{1,60}$/;
const ARGUMENT = /^agi_arg_\d/;

/** The values by their keys. */
type Values = Pick<ReadonlyMap<string, string>, 'get'>;

/**
 * What Asterisk tells of the call before the first command. Values are raw: as they came, with nothing
 * trimmed or decoded. What Asterisk does not know is the text `unknown` or empty (res_agi.c, setup_env).
 */
export class AgiEnvironment {
  readonly #values: Values;
  /** The arguments of `AGI()` after the URL. */
  readonly args: readonly string[];

  constructor(values: Values, args: readonly string[]) {
    this.#values = values;
    this.args = args;
  }

  /** @param key as Asterisk writes it, `agi_callerid` */
  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** `1700000000.1` */
  get uniqueId(): string {
    return this.#text('agi_uniqueid');
  }

  /** The caller's number as the network gave it, or `unknown`. The caller can choose it. */
  get callerId(): string {
    return this.#text('agi_callerid');
  }

  #text(key: string): string {
    return this.#values.get(key) ?? '';
  }
}

/**
 * Reads the environment's lines, without the blank line that ends them.
 *
 * Asterisk escapes nothing, so a newline in a caller's name would forge a line. What such a line could
 * gain is refused: a key that is there twice, a script named after the request, an argument before the
 * rest has come.
 *
 * @throws {AgiEnvironmentError} says which line is wrong; never repeats a value, which may be private
 */
export function parseEnvironment(lines: readonly string[]): AgiEnvironment {
  if (lines.length > MAX_ENVIRONMENT_LINES) {
    throw new AgiEnvironmentError(`The environment has more than ${MAX_ENVIRONMENT_LINES} lines.`);
  }
  const usual = readUsual(lines);
  if (usual !== undefined) return new AgiEnvironment(usual, []);
  const values = new Map<string, string>();
  const args: string[] = [];
  for (const line of lines) {
    // The first colon only: agi_request is a URL and holds more.
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    const value = line.slice(line.charCodeAt(colon + 1) === BLANK ? colon + 2 : colon + 1);
    if (colon === -1 || !KEY.test(key)) {
      throw new AgiEnvironmentError(`Line ${values.size + 1} of the environment is not "agi_…: value".`);
    }
    if (ARGUMENT.test(key)) {
      args.push(value);
      if (key !== `agi_arg_${args.length}`) {
        throw new AgiEnvironmentError(`${key} stands where agi_arg_${args.length} was due.`);
      }
    }
    if (args.length > 0 && !ARGUMENT.test(key)) {
      throw new AgiEnvironmentError(`${key} stands after an argument; arguments are last.`);
    }
    if (key === 'agi_network_script' && values.has('agi_request')) {
      throw new AgiEnvironmentError('agi_network_script stands after agi_request; Asterisk sends it before.');
    }
    const before = values.size;
    values.set(key, value);
    if (values.size === before) throw new AgiEnvironmentError(`${key} stands twice in the environment.`);
  }
  return new AgiEnvironment(values, args);
}

/**
 * The lines of nearly every call: the usual ones, each in its place, and no more. Then no key can be there
 * twice, and none is to be looked at; this takes a fifth of the time.
 *
 * @returns undefined when a line is another one
 */
function readUsual(lines: readonly string[]): Values | undefined {
  if (lines.length !== USUAL_BEGINNINGS.length) return undefined;
  for (let place = 0; place < lines.length; place++) {
    if (lines[place]?.startsWith(USUAL_BEGINNINGS[place] ?? '') !== true) return undefined;
  }
  // Few of them are ever asked for.
  return {
    get: (key) => {
      const place = USUAL_PLACES.get(key);
      return place === undefined ? undefined : lines[place]?.slice(key.length + COLON_BLANK);
    },
  };
}
