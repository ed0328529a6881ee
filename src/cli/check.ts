import { requireAddresses } from '../config/addresses.ts';
import { ConfigError, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { EXIT, explainFailure } from './exit.ts';

/**
 * Checks the configuration alone, as a start and a reload read it: nothing is connected to.
 *
 * @param load reads it
 * @returns the exit status: usage when it cannot be used
 */
export function check(load: () => LoadedConfig, json: boolean): number {
  const { file, problems } = examine(load);
  const ok = problems.length === 0;
  if (json) process.stdout.write(`${JSON.stringify({ ok, file, problems }, null, 2)}\n`);
  else if (ok) process.stdout.write(`${file ?? 'No configuration: the defaults'}: can be used\n`);
  else for (const problem of problems) process.stderr.write(`${problem}\n`);
  return ok ? EXIT.good : EXIT.usage;
}

/** @throws what is no matter of the configuration */
function examine(load: () => LoadedConfig): { file: string | null; problems: string[] } {
  let file: string | null = null;
  try {
    const loaded = load();
    ({ file } = loaded);
    requireDatabase(loaded);
    requireAddresses(loaded);
    return { file, problems: [] };
  } catch (error) {
    const { status, lines } = explainFailure(error);
    if (status !== EXIT.usage) throw error;
    if (error instanceof ConfigError) return { file, problems: lines };
    return { file, problems: lines.map((line) => (file === null ? line : `${file}: ${line}`)) };
  }
}
