import { InvalidArgumentError, Option, type Command } from 'commander';
import { ROLES, type Role } from '../accounts/client.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Hangups } from '../util/hangups.ts';
import { languageOf, type Language } from '../util/language.ts';
import { language, type CommonOptions } from './options.ts';

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly load: (options: CommonOptions) => LoadedConfig;
  readonly perform: (command: () => Promise<number>) => Promise<void>;
  readonly hangups: () => Hangups;
}

interface UserOptions {
  readonly role: Role;
  readonly extension?: readonly string[];
  readonly login?: string;
  readonly generate?: boolean;
  /** False with `--no-password`. */
  readonly password: boolean;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

function generate(): Option {
  return new Option('--generate', 'make the password up and print it, this once');
}

/** The commands of the desk. @param command begins one, with its `--config` */
export function addDeskCommands(
  command: (nameAndArguments: string, description: string) => Command,
  { env, load, perform, hangups }: Surroundings,
): void {
  const desk = command('desk', 'follow the calls of Asterisk, keep the journal and serve it, until stopped');
  desk.action((options: CommonOptions) =>
    perform(async () => (await import('./desk.ts')).desk(load(options), env, hangups())),
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
  const user = desk.command('user').description('people who sign in at the desk');
  user
    .command('add <name>')
    .description('add a user; asks for the password, or makes one up where nobody can be asked')
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLES).default('operator'))
    .option(
      '--extension <extension...>',
      'their telephones (default: extPhone of the row of users with this name)',
    )
    .option('--login <user>', 'their `user` in the table users, where it is another one than the name')
    .addOption(generate())
    .option('--no-password', 'they sign in elsewhere: at an OpenID provider or a proxy')
    .option('--json', 'make the password up and print JSON')
    .action((name: string, options: UserOptions) =>
      perform(async () => {
        const { addUser } = await import('./desk-user.ts');
        const {
          role,
          extension = [],
          login = null,
          generate: made = false,
          password,
          json = false,
        } = options;
        return addUser(
          load(config()),
          { name, role, extensions: extension, login },
          { generate: made, password, json },
        );
      }),
    );
  user
    .command('list')
    .description('names, roles and telephones of the users')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      perform(async () => (await import('./desk-user.ts')).listUsers(load(config()), options.json ?? false)),
    );
  user
    .command('change <name>')
    .description('give a user another role or other telephones, at once')
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLES))
    .option('--extension <extension...>', 'their telephones')
    .option('--login <user>', 'their `user` in the table users')
    .action((name: string, { role, extension, login }: Partial<UserOptions>) =>
      perform(async () => {
        const { changeUser } = await import('./desk-user.ts');
        return changeUser(load(config()), name, {
          ...(role && { role }),
          ...(extension && { extensions: extension }),
          ...(login && { login }),
        });
      }),
    );
  user
    .command('remove <name>')
    .description('a user who is removed is signed out everywhere, at once')
    .action((name: string) =>
      perform(async () => (await import('./desk-user.ts')).removeUser(load(config()), name)),
    );
  user
    .command('password <name>')
    .description('give a user another password; they are signed out everywhere')
    .addOption(generate())
    .option('--json', 'make it up and print JSON')
    .action((name: string, { generate: made = false, json = false }: Partial<UserOptions>) =>
      perform(async () => {
        const { changePassword } = await import('./desk-user.ts');
        return changePassword(load(config()), name, { generate: made, json });
      }),
    );
  command('call <from> <to>', 'ring two telephones, and tell step by step how far it gets')
    .addOption(language())
    .option('--json', 'print JSON')
    .action((from: string, to: string, options: CommonOptions & { lang?: Language }) =>
      perform(async () => {
        const { call } = await import('./call.ts');
        const style = { json: options.json ?? false, language: options.lang ?? languageOf(env) };
        return call(load(options), from, to, style);
      }),
    );
  const journal = command('journal', 'print the journal of calls, the newest first, with its gaps');
  journal
    .option(
      '--since <time>',
      'a time such as 2026-11-26 or 2026-11-26T08:00Z (default: a day ago, with --number all there is)',
      parseTime,
    )
    .option('--number <digits>', 'calls with a number, or with one that ends so')
    .option('--json', 'print JSON, a line a call')
    .action((options: CommonOptions & { since?: number; number?: string }) =>
      perform(async () => {
        const { printJournal } = await import('./journal.ts');
        return printJournal(load(options), {
          since: options.since ?? (options.number === undefined ? Date.now() - DAY_MS : 0),
          number: options.number,
          json: options.json ?? false,
        });
      }),
    );
  journal
    .command('backup <file>')
    .description('copy the journal, whether or not the desk runs')
    .action((file: string) =>
      perform(async () => {
        const { backUp } = await import('./journal.ts');
        return backUp(load(journal.opts<CommonOptions>()), file);
      }),
    );
  command('erase <number>', 'forget a telephone number, and print a certificate of what was erased where')
    .option('--json', 'print JSON')
    .action((number: string, options: CommonOptions) =>
      perform(async () => (await import('./erase.ts')).erase(load(options), number, options.json ?? false)),
    );
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no time such as 2026-11-26T08:00Z.`);
  return time;
}
