import type { CodeDirectory } from '../../../src/directory/by-code.ts';
import type { ManagedDirectory } from '../../../src/directory/directory.ts';
import { openDirectory } from '../../../src/directory/open.ts';
import type { DatabaseOptions, OpenDirectoryOptions } from '../../../src/directory/open.ts';

/** The directory as the configuration's defaults make it, with what a test wants otherwise. */
export function openLiveDirectory(
  url: string,
  overrides: Partial<DatabaseOptions & OpenDirectoryOptions> = {},
): ManagedDirectory & CodeDirectory {
  const options = {
    url,
    poolSize: 4,
    contactPersonClientColumn: 'client',
    inHandStates: [1],
    maxBudgetMs: 10_000,
    ...overrides,
  };
  return openDirectory(options, options);
}
