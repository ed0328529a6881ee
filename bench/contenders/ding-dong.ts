import { createRequire } from 'node:module';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { COURIER_OF_RECIPIENT, MANAGER_OF_CLIENT, MANAGER_OF_COURIER } from './sample-queries.ts';

/* The sample queries of the source document in a handler as ding-dong's own example suggests it. */

interface Context {
  onEvent(event: 'variables'): Promise<Readonly<Record<string, string>>>;
  exec(application: string, data: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error' | 'hangup', listener: () => void): void;
}
type DingDong = (handler: (context: Context) => void) => { start(port: number, host: string): unknown };

const dingDong = createRequire(import.meta.url)('ding-dong') as DingDong;

const pool = createPool({ uri: process.env['BENCH_DATABASE_URL'] ?? '', connectionLimit: 10 });

const stopEarly = process.env['BENCH_STOP_EARLY'] === 'yes';

const QUERIES = [
  { caller: 'recipient', query: COURIER_OF_RECIPIENT, column: 'phonem', suffix: '@trunk' },
  { caller: 'courier', query: MANAGER_OF_COURIER, column: 'managerext', suffix: '' },
  { caller: 'client', query: MANAGER_OF_CLIENT, column: 'managerext', suffix: '' },
];

/**
 * Who calls, in the order of the queries. A recipient can be a client as well, so all three are asked, as
 * this server's statement does; a handler that stops at the first answer (`BENCH_STOP_EARLY`) is cheaper.
 */
async function targetOf(number: string): Promise<{ caller: string; dial: string } | undefined> {
  let target: { caller: string; dial: string } | undefined;
  for (const { caller, query, column, suffix } of QUERIES) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    const [[row]] = await pool.execute<RowDataPacket[]>(query, [number]);
    if (row) target ??= { caller, dial: `PJSIP/${String(row[column])}${suffix}` };
    if (target && stopEarly) break;
  }
  return target;
}

async function handle(context: Context): Promise<void> {
  context.on('error', () => undefined);
  context.on('hangup', () => undefined);
  const variables = await context.onEvent('variables');
  const target = await targetOf((variables['agi_callerid'] ?? '').replace('+', ''));
  const data = target
    ? `ROUTE_CALLER=${target.caller},ROUTE_DIAL_1=${target.dial.replaceAll(',', '&')},ROUTE_STATUS=OK`
    : 'ROUTE_STATUS=UNKNOWN';
  await context.exec('MSet', `"${data}"`);
  await context.end();
}

dingDong((context) => void handle(context)).start(Number(process.env['BENCH_PORT']), '127.0.0.1');

// An exit in good order, so that a profile is written.
process.once('SIGTERM', () => process.exit());
