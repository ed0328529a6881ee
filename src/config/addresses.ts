import { DatabaseUrlError, parseDatabaseUrl } from '../directory/mysql/database-url.ts';
import type { Config } from './config.ts';
import { ConfigError, type LoadedConfig } from './load.ts';

/** Why addresses of databases are none, as whatever opens them would say. */
export function faultyAddresses({ config, databasePassword }: LoadedConfig): string[] {
  return addressesOf(config).flatMap(({ key, url }) => {
    try {
      parseDatabaseUrl(url, key === 'database.url' ? databasePassword : undefined, key);
      return [];
    } catch (error) {
      if (error instanceof DatabaseUrlError) return [error.message];
      throw error;
    }
  });
}

/** @throws {ConfigError} an address of a database is none */
export function requireAddresses(loaded: LoadedConfig): void {
  const faults = faultyAddresses(loaded);
  if (faults.length > 0) throw new ConfigError(loaded.file ?? 'configuration', faults);
}

interface NamedAddress {
  /** Where it stands in the configuration. */
  readonly key: string;
  readonly url: string;
}

/** Those that mean a database: not the demo's, and no file. */
function addressesOf({ database, journal, desk, asterisk }: Config): NamedAddress[] {
  const named = [
    { key: 'database.url', url: database.url },
    { key: 'desk.database.url', url: desk.database?.url },
    { key: 'journal.url', url: journal.url },
    ...asterisk.map(({ cdr }, index) => ({ key: `asterisk.${index}.cdr`, url: cdr })),
  ];
  return named.flatMap(({ key, url }) =>
    url === undefined || /^(?:demo|sqlite|file):/.test(url) ? [] : [{ key, url }],
  );
}
