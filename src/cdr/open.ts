import { CdrFile } from './cdr-file.ts';
import type { CdrSource } from './cdr-row.ts';
import { CdrTable } from './cdr-table.ts';

/**
 * The call detail records that `asterisk.cdr` names. Nothing is connected yet.
 *
 * @param url `file:/var/log/asterisk/cdr-csv/Master.csv`, or as `CdrTable` takes it
 * @throws {DatabaseUrlError}
 */
export function openCdr(url: string, password: string | undefined): CdrSource {
  const path = cdrPath(url);
  return path === undefined ? new CdrTable(url, password) : new CdrFile(path);
}

/** @returns undefined when they are in a database */
export function cdrPath(url: string): string | undefined {
  return url.startsWith('file:') ? url.slice('file:'.length) : undefined;
}
