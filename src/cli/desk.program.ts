import { InvalidArgumentError, Option, type Command } from 'commander';
import { ROLES, type Role } from '../accounts/client.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { CommonOptions } from './options.ts';

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly load: (options: CommonOptions) => LoadedConfig;
  readonly perform: (command: () => Promise<number>) => Promise<void>;
}

const DAY_MS = 86_400_000;

/** The commands of the desk. @param command begins one, with its `--config` */
export function addDeskCommands(
  command: (nameAndArguments: string, description: string) => Command,
  { env, load, perform }: Surroundings,
): void {
  const desk = command('desk', 'follow the calls of Asterisk, keep the journal and serve it, until stopped');
  desk.action((options: CommonOptions) =>
    perform(async () => (await import('./desk.ts')).desk(load(options), env)),
  );
  desk
    .command('demo')
    .description('a working morning on a played Asterisk, without any database or configuration')
    .option('--check', 'play it fast, compare the journal with what was played, and end')
    .action((options: { check?: true }) =>
      perform(async () => (await import('./demo-desk/demo-desk.ts')).demoDesk(options.check ?? false)),
    );
  const token = desk.command('token').description('tokens of programs that ask the desk over HTTP');
  const config = () => desk.opts<CommonOptions>();
  token
    .command('add <name>')
    .description('make a token and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('operator'))
    .option('--json', 'print JSON')
    .action((name: string, options: { role: Role; json?: true }) =>
      perform(async () => {
        const { addToken } = await import('./desk-token.ts');
        return addToken(load(config()), name, options.role, options.json ?? false);
      }),
    );
  token
    .command('list')
    .description('names, roles and times of the tokens')
    .option('--json', 'print JSON')
    .action((options: CommonOptions) =>
      perform(async () =>
        (await import('./desk-token.ts')).listTokens(load(config()), options.json ?? false),
      ),
    );
  token
    .command('remove <name>')
    .description('a token that is removed does not work any more, at once')
    .action((name: string) =>
      perform(async () => (await import('./desk-token.ts')).removeToken(load(config()), name)),
    );
  command('journal', 'print the journal of calls, the newest first, with its gaps')
    .option(
      '--since <time>',
      'a time such as 2026-11-26 or 2026-11-26T08:00Z (default: a day ago)',
      parseTime,
    )
    .option('--number <digits>', 'calls with a number that ends so')
    .option('--json', 'print JSON, a line a call')
    .action((options: CommonOptions & { since?: number; number?: string }) =>
      perform(async () => {
        const { journal } = await import('./journal.ts');
        return journal(load(options), {
          since: options.since ?? Date.now() - DAY_MS,
          number: options.number?.replaceAll(/\D/g, ''),
          json: options.json ?? false,
        });
      }),
    );
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no time such as 2026-11-26T08:00Z.`);
  return time;
}
