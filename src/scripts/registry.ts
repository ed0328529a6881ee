import type { AgiEnvironment } from '../agi/environment.ts';
import { parseScript } from '../agi/script.ts';
import type { AgiSession } from '../agi/session.ts';
import { asError, ScriptRequestError, shown } from './errors.ts';
import type { FailedRequest, Script, ScriptRequest } from './script.ts';

/** Every script takes it, so that what is written down of a call can be joined with Asterisk's own records. */
const LINKED_ID = 'linkedid';

export interface RegistryOptions {
  /** By the path of the AGI URL. */
  readonly scripts: Readonly<Record<string, Script>>;
  /** The script of a URL without a path. */
  readonly default: string;
  /** Answers a session whose environment is malformed, or that asks for what does not exist. */
  readonly refuse: (session: AgiSession, request: FailedRequest) => Promise<void>;
}

/** Runs the script that the dialplan asks for: `agi://host/route` is `route`. */
export class ScriptRegistry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * The environment is read under the server's deadline; then the script's own begins.
   *
   * @throws what the script throws
   */
  async run(session: AgiSession): Promise<void> {
    const { scripts, default: usual, refuse } = this.#options;
    let environment: AgiEnvironment | undefined;
    let asked: ReturnType<typeof readRequest>;
    try {
      environment = await session.readEnvironment();
      asked = readRequest(environment, scripts, usual);
    } catch (cause) {
      return refuse(session, { uniqueId: environment?.uniqueId ?? '', error: asError(cause) });
    }
    const script = scripts[asked.name];
    if (script?.deadlineMs !== undefined) session.setDeadline(script.deadlineMs);
    return script?.run(session, asked.request);
  }
}

/**
 * @param usual the script of a URL without a path
 * @throws {ScriptRequestError | AgiEnvironmentError}
 */
export function readRequest(
  environment: AgiEnvironment,
  scripts: Readonly<Record<string, Pick<Script, 'parameters'>>>,
  usual: string,
): { name: string; request: ScriptRequest } {
  // Asterisk splits what stands in AGI() at commas, so that the end of a list arrives as an argument.
  const { path, params } = parseScript(
    [environment.get('agi_network_script') ?? '', ...environment.args].join(','),
  );
  const name = path || usual;
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined) {
    const known = Object.keys(scripts).join(', ');
    throw new ScriptRequestError(`unknown AGI script ${shown(path)}; there is: ${known}`);
  }
  const parameters = [...script.parameters, LINKED_ID];
  for (const parameter of params.keys()) {
    if (parameters.includes(parameter)) continue;
    throw new ScriptRequestError(
      `unknown parameter ${shown(parameter)} of the AGI script ${name}; there are: ${parameters.join(', ')}`,
    );
  }
  return { name, request: { environment, params, linkedId: params.get(LINKED_ID) ?? '' } };
}
