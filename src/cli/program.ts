import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parseKinds } from '../scripts/route/route-request.ts';
import { reachableHost } from '../net/reachable.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { CallerKind } from '../directory/match.ts';
import { messageOf } from '../util/errors.ts';
import { Hangups } from '../util/hangups.ts';
import { languageOf, type Language } from '../util/language.ts';
import type { Target } from '../simulator/asterisk.ts';
import { packageVersion } from '../util/package.ts';
import { addDeskCommands } from './desk.program.ts';
import { EXIT, explainFailure } from './exit.ts';
import { language, type CommonOptions } from './options.ts';

interface ExplainOptions extends CommonOptions {
  readonly outbound?: true;
  readonly only?: ReadonlySet<CallerKind>;
  readonly lang?: Language;
}

/**
 * Runs one command line. Errors become lines on stderr.
 *
 * @param argv without node and script
 * @param hangups of a service: listens for SIGHUP since the process began
 * @returns the exit status: 0 good, 1 the check or the call failed, 2 wrong usage or configuration
 */
export async function run(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  hangups?: Hangups,
): Promise<number> {
  let status: number = EXIT.good;
  const perform = async (command: () => Promise<number>): Promise<void> => {
    status = await command();
  };
  const program = buildProgram(env, perform, () => hangups ?? new Hangups());
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    // Commander has printed its own message; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage;
    const failure = explainFailure(error);
    for (const line of failure.lines) process.stderr.write(`${line}\n`);
    return failure.status;
  }
}

/**
 * The commands and their options. A command's modules are loaded when it is chosen: a server has no use for
 * those of the others, and the memory that they take.
 *
 * @param perform runs the one that was chosen
 * @param hangups for a service
 */
export function buildProgram(
  env: NodeJS.ProcessEnv,
  perform: (command: () => Promise<number>) => Promise<void>,
  hangups: () => Hangups = () => new Hangups(),
): Command {
  const load = (options: CommonOptions): LoadedConfig => loadConfig(options.config, env);
  const program = new Command('courier-agi')
    .description('Asterisk FastAGI server that sends each caller of a courier company to the right person')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(courier-agi --help lists the commands)')
    .addHelpText('after', CONFIGURATION_HELP);

  const command = (nameAndArguments: string, description: string): Command =>
    program
      .command(nameAndArguments)
      .description(description)
      .option('--config <file>', 'configuration file');

  command('serve', 'answer AGI(agi://…/route) until stopped').action((options: CommonOptions) =>
    perform(async () => (await import('./serve.ts')).serve(() => load(options), env, hangups())),
  );
  command('check', 'check the configuration alone, in no time')
    .option('--json', 'print JSON')
    .action((options: CommonOptions) =>
      perform(async () => (await import('./check.ts')).check(() => load(options), options.json ?? false)),
    );
  command('demo', 'play every scenario of agi-scripts/ against the server on the demo database')
    .option('--json', 'print JSON')
    .action((options: CommonOptions) =>
      perform(async () => (await import('./demo.ts')).demo(options.json ?? false)),
    );
  command(
    'simulate <files...>',
    'play Asterisk: run scenario files, or folders of them, against a running server',
  )
    .option('--server <host:port>', 'the server (default: the configured listener)', parseTarget)
    .option('--json', 'print JSON')
    .action((files: string[], options: CommonOptions & { server?: Target }) =>
      perform(async () => {
        const { simulate } = await import('./simulate.ts');
        return simulate(options.server ?? listenerOf(load(options)), files, options.json ?? false);
      }),
    );
  command('explain <number>', 'tell who a number is, who would ring, and why')
    .option('--outbound', 'tell over which trunk the office would call the number instead')
    .option('--only <kinds>', 'kinds of callers to look for, such as courier,recipient', parseOnly)
    .addOption(language())
    .option('--json', 'print JSON')
    .action((number: string, options: ExplainOptions) =>
      perform(async () => {
        const style = { json: options.json ?? false, language: options.lang ?? languageOf(env) };
        if (options.outbound) {
          const { explainOutbound } = await import('./explain-outbound.ts');
          return explainOutbound(load(options), number, style);
        }
        const { explain } = await import('./explain.ts');
        return explain(load(options), number, { ...style, only: options.only });
      }),
    );
  command('doctor', 'check everything a call depends on, and say what to do about it')
    .addOption(language())
    .option('--json', 'print JSON')
    .action((options: CommonOptions & { lang?: Language }) =>
      perform(async () => {
        const { doctor } = await import('./doctor.ts');
        return doctor(() => load(options), {
          json: options.json ?? false,
          language: options.lang ?? languageOf(env),
        });
      }),
    );
  command('top', 'show a running server: calls, times, pool, breaker, snapshot')
    .option('--server <host:port>', 'its HTTP port (default: http.host and http.port)', parseTarget)
    .option('--interval <seconds>', 'between two looks (default: 1)', parseInterval)
    .option('--count <looks>', 'end after so many looks', parseCount)
    .option('--json', 'print JSON, a line each time')
    .action((options: CommonOptions & { server?: Target; interval?: number; count?: number }) =>
      perform(async () => {
        const { top } = await import('./live/top.ts');
        return top(options.server ?? httpOf(load(options)), {
          json: options.json ?? false,
          intervalSeconds: options.interval ?? 1,
          count: options.count,
        });
      }),
    );
  command('calls', 'show the last calls of a running server, with masked numbers')
    .option('--server <host:port>', 'its HTTP port (default: http.host and http.port)', parseTarget)
    .option('-f, --follow', 'go on with the calls to come')
    .option('--json', 'print JSON, a line a call')
    .action((options: CommonOptions & { server?: Target; follow?: true }) =>
      perform(async () => {
        const { calls } = await import('./live/calls.ts');
        return calls(options.server ?? httpOf(load(options)), {
          json: options.json ?? false,
          follow: options.follow ?? false,
        });
      }),
    );
  addDeskCommands(command, { env, load, perform, hangups });
  return program;
}

/** @param text `127.0.0.1:4573` or `[::1]:4573` */
function parseTarget(text: string): Target {
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not HOST:PORT such as 127.0.0.1:4573.`);
  }
  return { host, port: Number(port) };
}

/** A listener on every address is reached on loopback. */
function listenerOf({ config }: LoadedConfig): Target {
  const { host, port } = config.listen;
  return { host: reachableHost(host), port };
}

function httpOf({ config }: LoadedConfig): Target {
  const { host, port } = config.http;
  return { host: reachableHost(host), port };
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 3600)) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a number of seconds from 0.1 to 3600.`);
  }
  return seconds;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number from 1 to 999999.`);
  }
  return Number(text);
}

function parseOnly(text: string): ReadonlySet<CallerKind> {
  try {
    return parseKinds(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

const CONFIGURATION_HELP = `
The configuration is --config FILE, else $COURIER_AGI_CONFIG, else ./courier-agi.yaml, else
/etc/courier-agi/courier-agi.yaml; $COURIER_AGI_DATABASE_URL wins over its database.url.
Exit status: 0 good, 1 the check or the call failed, 2 wrong usage or configuration.`;
