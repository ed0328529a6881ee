import { readFileSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseDocument, visit, type Document, type Scalar } from 'yaml';
import { CodedError, messageOf, systemCodeOf } from '../util/errors.ts';
import { hasUrlPassword } from '../util/url-password.ts';
import { ALLOWED_URLS, configSchema, routerSections, type Config } from './config.ts';
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
  /** What stands in `database.passwordFile`, without what an editor put around it. */
  readonly databasePassword: string | undefined;
  /** What stood in the file. */
  readonly text?: string;
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
  const file = configOption ?? (env['COURIER_AGI_CONFIG'] || DEFAULT_FILES.find(mayBeThere)) ?? null;
  const databaseUrl = env['COURIER_AGI_DATABASE_URL'];
  const text = file === null ? '' : readText(file);
  const config = parseConfig(text, file ?? 'configuration', databaseUrl);
  const { passwordFile } = config.database;
  // A password in the variable is not replaced; without one it gets that of the file.
  const fromFile = passwordFile !== undefined && !hasUrlPassword(databaseUrl ?? '');
  const databasePassword = fromFile ? readSecret(passwordFile) : undefined;
  return {
    config,
    file,
    databasePassword,
    ...(file !== null && { text }),
  };
}

/**
 * Whether its files tell the router something else now, or cannot be read any more. The sections of the desk and comments
 * may change.
 */
export function hasChangedOnDisk(loaded: LoadedConfig): boolean {
  const { config, file, databasePassword, text: old } = loaded;
  if (file === null || old === undefined) return false;
  const { passwordFile } = config.database;
  try {
    const password =
      databasePassword === undefined || passwordFile === undefined ? undefined : readSecret(passwordFile);
    const text = readText(file);
    if (password !== databasePassword) return true;
    // Mostly it is the same, and to parse it takes some ms.
    return text !== old && !isDeepStrictEqual(ofRouter(text, file), ofRouter(old, file));
  } catch {
    return true;
  }
}

/**
 * The password in a file of its own, without the mark that editors of Windows put before a text, and without ends of
 * line or blanks around it, which nobody sees.
 *
 * @throws {ConfigError} it cannot be read
 */
export function readSecret(file: string): string {
  return readText(file)
    .replace(/^\uFEFF/, '')
    .trim();
}

/**
 * For what works on the courier database: a file that names none must not end on the demo database.
 *
 * @throws {ConfigError} there is a file, and neither it nor `$COURIER_AGI_DATABASE_URL` names the database
 */
export function requireDatabase({ config, file }: LoadedConfig): void {
  if (file !== null && config.database.url === undefined) {
    throw new ConfigError(file, [`database.url: is missing; it ${ALLOWED_URLS}`]);
  }
}

/** Whether everything is asked from the demo database, whose couriers and clients do not exist. */
export function isDemo({ config }: Pick<LoadedConfig, 'config'>): boolean {
  return (config.database.url ?? 'demo:') === 'demo:';
}

/**
 * @param source named in the errors
 * @param databaseUrl takes the place of `database.url`
 */
export function parseConfig(yaml: string, source: string, databaseUrl?: string): Config {
  const document = parseDocument(yaml, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new ConfigError(source, document.errors.map(describeYamlError));
  }
  const input = withList(toPlainValue(document, source), 'asterisk');
  const result = configSchema.safeParse(input);
  if (!result.success) throw new ConfigError(source, describeProblems(result.error, input, configSchema));
  if (!databaseUrl) return result.data;

  const override = configSchema.shape.database.safeParse({ url: databaseUrl });
  if (!override.success) throw new ConfigError('$COURIER_AGI_DATABASE_URL', [ALLOWED_URLS]);
  return { ...result.data, database: { ...result.data.database, url: databaseUrl } };
}

/** The library's first line; the next ones, which its colon announces, draw the place. */
function describeYamlError({ message }: Error): string {
  return `is not YAML: ${(message.split('\n')[0] ?? '').replace(/:$/, '')}`;
}

/** One section in place of a list of sections is a list of one. */
function withList(input: unknown, key: string): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const value: unknown = Reflect.get(input, key);
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isOne ? { ...input, [key]: [value] } : input;
}

function toPlainValue(document: Document, source: string): unknown {
  visit(document, { Scalar: (_key, node) => keepDigits(node) });
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    // An alias without an anchor, or so many aliases that the value would not fit into memory.
    throw new ConfigError(source, [`is not YAML: ${messageOf(cause)}`]);
  }
}

/** A number that would not be written as it stands, `09` or `+7916`, is no quantity: its text is meant. */
function keepDigits(node: Scalar): void {
  const { value, source } = node;
  if (typeof value === 'number' && source !== undefined && /^\+?\d+$/.test(source)) {
    if (String(value) !== source) node.value = source;
  }
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file (ENOENT)',
  EACCES: 'this user may not (EACCES): try sudo, or for the service chgrp courier-agi and chmod 640',
  EISDIR: 'it is a folder (EISDIR)',
};

/** A file that may not be looked at is no reason to go on without a configuration. */
function mayBeThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== 'ENOENT' && systemCodeOf(error) !== 'ENOTDIR';
  }
}

/** Without `$COURIER_AGI_DATABASE_URL`, which no change of the file touches. */
function ofRouter(text: string, file: string): unknown {
  return Object.entries(parseConfig(text, file)).filter(([name]) => name in routerSections);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(path, [
      `cannot be read: ${READ_PROBLEMS[systemCodeOf(cause) ?? ''] ?? messageOf(cause)}`,
    ]);
  }
}
