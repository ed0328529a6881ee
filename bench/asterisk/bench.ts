import { Cleanups } from '../../test/lab/cleanups.ts';
import type { DatabaseServer } from '../../test/lab/databases/server.ts';
import type { Contenders } from '../contenders/start.ts';
import { startGenerator, type Generator } from '../load/client.ts';
import type { Options } from '../options.ts';
import { saveResults } from '../results.ts';
import type { Caller } from '../traffic.ts';
import { asteriskFaults, asteriskRatios, asteriskTable, ratioTable } from './report.ts';
import { measureRoundsOnAsterisk } from './rounds.ts';
import { startOnAsterisk } from './start.ts';

export interface AsteriskBench {
  readonly options: Options;
  /** Holds `courier`, filled. */
  readonly database: DatabaseServer;
  readonly callers: readonly Caller[];
  readonly generator: Generator;
  readonly servers: Contenders;
}

/** The part of the bench that calls through a real Asterisk. Returns the exit status. */
export async function benchOnAsterisk(bench: AsteriskBench): Promise<number> {
  const { options, database, callers, generator, servers } = bench;
  const cleanups = new Cleanups();
  try {
    const keys = options.onlyOnAsterisk;
    const contenders = await startOnAsterisk({ keys, servers, database, cleanups });
    if (contenders.length === 0) return 1;
    const caller = startGenerator(new URL('sip-caller.js', import.meta.url));
    cleanups.add(() => Promise.resolve(caller.stop()));
    const { rounds, sliceMs } = options;
    const version = (await contenders[0]?.asterisk.rx('core show version'))?.split(' built')[0];
    const slices = await measureRoundsOnAsterisk({
      rounds,
      sliceMs,
      database,
      callers,
      generator,
      caller,
      contenders,
    });
    const ratios = asteriskRatios(slices);
    await saveResults(options, { database: database.version, asterisk: version }, { ratios, slices });
    const parts = [
      asteriskTable(contenders, slices),
      ratios.length === 0 ? '' : ratioTable(ratios),
      asteriskFaults(slices).join('\n'),
    ];
    process.stdout.write(
      `\n${parts.filter((part) => part !== '').join('\n\n')}\n\nEvery slice: ${options.out}\n`,
    );
    return 0;
  } finally {
    await cleanups.run();
  }
}
