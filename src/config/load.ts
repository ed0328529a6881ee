import { existsSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { CodedError } from '../errors.ts';
import { configSchema, type Config } from './config.ts';
import { describeProblems } from './problems.ts';

/** The configuration cannot be used. `problems` has one line a mistake. */
export class ConfigError extends CodedError {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(problems.map((problem) => `${source}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file it was read from; null when there is none and everything is a default. */
  readonly file: string | null;
  /** What stands in `database.passwordFile`, without the end of line. */
  readonly databasePassword: string | undefined;
}

/** Where a configuration is looked for when neither `--config` nor `$COURIER_AGI_CONFIG` names one. */
export const DEFAULT_FILES = ['./courier-agi.yaml', '/etc/courier-agi/courier-agi.yaml'];

/**
 * Reads the configuration: `--config`, else `$COURIER_AGI_CONFIG`, else the first of `DEFAULT_FILES` that
 * exists, else only defaults. `$COURIER_AGI_DATABASE_URL` wins over `database.url`.
 *
 * @throws {ConfigError} the file cannot be read, is not YAML, or holds a key or value that is not allowed
 */
export function loadConfig(configOption: string | undefined, env: NodeJS.ProcessEnv): LoadedConfig {
  const file = configOption ?? (env['COURIER_AGI_CONFIG'] || DEFAULT_FILES.find((path) => existsSync(path))) ?? null;
  const config = parseConfig(file === null ? '' : readText(file), file ?? 'configuration', env['COURIER_AGI_DATABASE_URL']);
  const { passwordFile } = config.database;
  const databasePassword = passwordFile === undefined ? undefined : readText(passwordFile).replace(/\r?\n$/, '');
  return { config, file, databasePassword };
}

/**
 * @param source named in the errors
 * @param databaseUrl takes the place of `database.url`
 */
export function parseConfig(yaml: string, source: string, databaseUrl?: string): Config {
  const document = parseDocument(yaml, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new ConfigError(source, document.errors.map((error) => `is not YAML: ${error.message.split('\n')[0]}`));
  }
  const input: unknown = document.toJS() ?? {};
  const result = configSchema.safeParse(input);
  if (!result.success) throw new ConfigError(source, describeProblems(result.error, input, configSchema));
  if (!databaseUrl) return result.data;

  const override = configSchema.shape.database.safeParse({ url: databaseUrl });
  if (!override.success) throw new ConfigError('$COURIER_AGI_DATABASE_URL', ['must be demo: or begin with mysql://']);
  return { ...result.data, database: { ...result.data.database, url: databaseUrl } };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(path, [`cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`]);
  }
}
