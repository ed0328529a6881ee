import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileLookup } from '../src/directory/sql/lookup.query.ts';
import { FULL_SHAPE } from '../src/directory/sql/shape.ts';
import { mysqlBuilder } from '../src/directory/mysql/builder.ts';
import { insertBigCompany } from '../test/lab/databases/big-company.ts';
import { createCourierDatabase } from '../test/lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../test/lab/databases/server.ts';
import { benchOnAsterisk } from './asterisk/bench.ts';
import { benchCalling } from './calling/bench.ts';
import { Contenders } from './contenders/start.ts';
import { startBenchDatabase } from './database.ts';
import { benchDesk } from './desk/bench.ts';
import { judge } from './judge.ts';
import { startAll } from './line-up.ts';
import { startGenerator } from './load/client.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { tell } from './progress.ts';
import { coldTable, faults, table, verdictTable, type ColdFigures } from './report.ts';
import { saveResults } from './results.ts';
import { measureCold, measureColdDatabase, measureRounds, type Setting } from './rounds.ts';
import type { Slice } from './slice.ts';
import { callersOf, type Caller } from './traffic.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.desk !== undefined) return benchDesk(options.desk);
  if (options.calling !== undefined) return benchCalling(options.calling);
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-bench-'));
  const database = await startBenchDatabase();
  const generator = startGenerator(new URL('load/generator.js', import.meta.url));
  const started = new Contenders({
    folder,
    databaseUrl: database.server.url('courier'),
    statement: compileLookup(mysqlBuilder(), FULL_SHAPE, 1).sql,
    serverMain: fileURLToPath(new URL('../src/main.js', import.meta.url)),
    count: (options.asterisk ? options.onlyOnAsterisk : options.only).length,
    profile: options.profile,
  });
  try {
    tell(`building a database of ${options.shipments} shipments`);
    if (options.asterisk) {
      const callers = await build(database.server, 'courier', options.shipments);
      return await benchOnAsterisk({
        options,
        database: database.server,
        callers,
        generator,
        servers: started,
      });
    }
    const callers = {
      small: await build(database.server, 'courier_small', Math.ceil(options.shipments / 10)),
      all: await build(database.server, 'courier', options.shipments),
    };
    const contenders = await startAll(started, options, database.server, folder);
    const setting: Setting = { options, database, callers, generator, contenders };
    const cold = await measureCold(setting);
    const slices = await measureRounds(setting);
    return await finish(setting, await measureColdDatabase(setting, cold), slices);
  } finally {
    await started.stop();
    generator.stop();
    await database.server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function build(database: DatabaseServer, name: string, shipments: number): Promise<Caller[]> {
  await createCourierDatabase(database, { name });
  return callersOf(await insertBigCompany(database, { shipments }));
}

async function finish(
  { options, database, contenders }: Setting,
  cold: readonly ColdFigures[],
  slices: readonly Slice[],
): Promise<number> {
  const verdicts = judge(slices);
  await saveResults(options, { database: database.server.version }, { verdicts, cold, slices });
  const parts = [
    table(contenders, slices),
    coldTable(cold),
    verdictTable(verdicts),
    faults(slices).join('\n'),
  ];
  process.stdout.write(`\n${parts.join('\n\n')}\n\nEvery slice: ${options.out}\n`);
  return options.check && verdicts.some(({ reached }) => !reached) ? 1 : 0;
}
