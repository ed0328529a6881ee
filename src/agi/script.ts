import { AgiEnvironmentError } from './errors.ts';

/** What the dialplan asks for: the URL's path and query. */
export interface AgiScript {
  /** `route`, in small letters and without the slashes around it; empty when the URL has no path. */
  readonly path: string;
  /** The query's parameters in their order, percent-decoded. */
  readonly params: ReadonlyMap<string, string>;
}

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/**
 * Splits `agi_network_script`, such as `route?number=79161234567&only=courier`.
 *
 * Asterisk encodes nothing, so a `+` stays a plus: `number=+7916…` is a number, not a space and a number.
 *
 * @throws {AgiEnvironmentError} a parameter without a name or given twice, or a `%` that is no code
 */
export function parseScript(text: string): AgiScript {
  const mark = text.indexOf('?');
  if (mark === -1) return { path: plainPath(text), params: NO_PARAMS };
  const params = new Map<string, string>();
  for (const part of text.slice(mark + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (name === '') throw new AgiEnvironmentError('A parameter of the AGI URL has no name.');
    if (params.has(name)) {
      throw new AgiEnvironmentError(`The AGI URL gives the parameter ${printable(name)} twice.`);
    }
    params.set(name, equals === -1 ? '' : decode(part.slice(equals + 1)));
  }
  return { path: plainPath(text.slice(0, mark)), params };
}

/** `agi://host/route/`, `agi://host//route` and `agi://host/Route` ask for the same. */
function plainPath(path: string): string {
  return path.replaceAll(/^[/\s]+|[/\s]+$/g, '').toLowerCase();
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AgiEnvironmentError('The AGI URL holds a % that begins no code; write %25 for a percent sign.');
  }
}

function printable(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : 'with an unusual name';
}
