import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ROOT } from './contenders/start.ts';
import type { Options } from './options.ts';

/**
 * Writes figures as JSON to `--out`, with the machine, the software and the settings they belong to.
 *
 * @param software names and versions, beside Node's
 */
export async function saveResults(
  { shipments, rounds, sliceMs, out }: Options,
  software: Readonly<Record<string, string | undefined>>,
  figures: object,
): Promise<void> {
  const report = {
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) },
    software: { node: process.version, ...software },
    settings: { shipments, rounds, sliceMs },
    ...figures,
  };
  const path = resolve(ROOT, out);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
