import { statSync } from 'node:fs';
import type { LoadedConfig } from '../config/load.ts';
import { DatabaseUrlError, parseDatabaseUrl } from '../directory/mysql/database-url.ts';
import { fail, ok, warn, type Finding } from './check.ts';

const OTHERS_MAY_READ = 0o004;

/** The configuration was read; is it one for real calls, and does it keep its secrets? */
export function checkConfiguration({ config, file, databasePassword }: LoadedConfig): Finding {
  const { url, passwordFile } = config.database;
  if (file === null && url === undefined) {
    return warn(
      'There is no configuration: the demo database would be served, whose couriers do not exist.',
      'Copy deploy/courier-agi.yaml to /etc/courier-agi/courier-agi.yaml and set database.url.',
    );
  }
  const problem = url === undefined || url === 'demo:' ? null : problemOfUrl(url, databasePassword);
  if (problem !== null)
    return fail(problem, 'Write mysql://user@host:3306/database, and the password apart.');
  const secrets = [
    ...(file !== null && hasPassword(url) ? [file] : []),
    ...(passwordFile === undefined ? [] : [passwordFile]),
  ];
  const open = secrets.filter((path) => isOpenToOthers(path));
  if (open.length > 0) {
    return warn(
      `Every user of this machine may read the password in ${open.join(' and ')}.`,
      `chgrp courier-agi ${open.join(' ')}; chmod 640 ${open.join(' ')}`,
    );
  }
  return ok(file === null ? 'Defaults, and $COURIER_AGI_DATABASE_URL.' : `Read from ${file}.`);
}

function problemOfUrl(url: string, password: string | undefined): string | null {
  try {
    parseDatabaseUrl(url, password);
    return null;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}

function hasPassword(url: string | undefined): boolean {
  return url !== undefined && /^\w+:\/\/[^:@/]*:[^@]+@/.test(url);
}

function isOpenToOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS_MAY_READ) !== 0;
}
