import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeBlocks, readDocument } from '../../unit/docs/markdown.ts';
import { Cleanups } from '../cleanups.ts';
import { runLogged } from '../rootfs/run-logged.ts';
import { createCourierDatabase, insertDemoCompany } from './courier-schema.ts';
import { makeMariadbHome } from './mariadb.ts';
import { makeMysqlHome } from './mysql.ts';
import { startRestartable, type Restartable } from './restartable.ts';
import type { DatabaseServer, Row } from './server.ts';

export type Product = 'MariaDB' | 'MySQL';

/** A primary with the demo company, and a replica that follows it: set up by what docs/replica.md shows. */
export interface Replication {
  readonly primary: Restartable;
  readonly replica: Restartable;
  /**
   * Waits until the replica has done all that the primary has done so far.
   *
   * @throws it does not get there: the message says what the replica stumbled over
   */
  readonly caughtUp: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const MAKE_HOME = { MariaDB: makeMariadbHome, MySQL: makeMysqlHome } as const;

/** Longer than replication takes to find a primary again, which is MASTER_CONNECT_RETRY. */
const CATCH_UP_S = 25;

/** What the primary has done, and the question to the replica that comes back when it has done so, too. */
const POSITION = {
  MariaDB: ['SELECT @@gtid_binlog_pos AS position', 'SELECT MASTER_GTID_WAIT(?, ?) AS result'],
  MySQL: ['SELECT @@GLOBAL.gtid_executed AS position', 'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS result'],
} as const;

export async function startReplication(product: Product): Promise<Replication> {
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-replication-'));
  const cleanups = new Cleanups();
  cleanups.add(() => rm(folder, { recursive: true, force: true }));
  try {
    const primary = await startMember(product, 'primary');
    cleanups.add(() => primary.server.stop());
    await createCourierDatabase(primary.server);
    await insertDemoCompany(primary.server);
    const sql = (member: Restartable, block: string) =>
      member.server.sql(forThisMachine(block, primary.server.port));
    const shell = async (member: Restartable, block: string) =>
      void (await runLogged(['sh', '-ec', `cd '${folder}'\n${asAdministrator(block, member.server)}`]));

    await sql(primary, documented('sql', 'MariaDB and MySQL, the primary'));
    await shell(primary, documented('sh', `${product}, the primary`));
    const replica = await startMember(product, 'replica');
    cleanups.add(() => replica.server.stop());
    await shell(replica, documented('sh', `${product}, the replica`));
    await sql(replica, documented('sql', `${product}, the replica`));
    await sql(primary, await readFile(new URL('../../../deploy/grants.sql', import.meta.url), 'utf8'));
    return { primary, replica, caughtUp: () => waitFor(product, primary, replica), stop: cleanups.run };
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

/** The block of a document in that language whose first line is a comment that begins so. */
export function documented(language: string, title: string, document = 'docs/replica.md'): string {
  const blocks = codeBlocks(readDocument(document), language);
  const block = blocks.find((one) => /^(?:#|--) (.*)/.exec(one)?.[1]?.startsWith(title));
  if (block === undefined) throw new Error(`${document} shows no ${language} for «${title}».`);
  return block;
}

async function startMember(product: Product, role: 'primary' | 'replica'): Promise<Restartable> {
  const folder = await mkdtemp(join(tmpdir(), `courier-agi-${role}-`));
  const home = await MAKE_HOME[product](folder, 'remove');
  // The log that a replica reads is there by default in MySQL, and turned off for other tests.
  const isMysql = product === 'MySQL';
  // FAST_SETTINGS would lose the last second when the process is killed.
  return startRestartable(home, [
    '--innodb-flush-log-at-trx-commit=1',
    ...(isMysql ? ['--log-bin=binlog'] : []),
    ...settingsOf(documented('ini', `${product}, the ${role}`)),
  ]);
}

/** `[mariadbd]` and `server_id = 1` become `--server_id=1`. */
function settingsOf(ini: string): string[] {
  return [...ini.matchAll(/^(\w+) = (\S+)$/gm)].map(([, name, value]) => `--${name}=${value}`);
}

/**
 * The addresses of the document become those of this machine. Without a name server at hand, MySQL may know
 * this address as localhost: users come from anywhere.
 */
function forThisMachine(statements: string, primaryPort: number): string {
  return statements
    .replaceAll(/@'(10\.0\.0\.2|127\.0\.0\.1)'/g, "@'%'")
    .replaceAll("'10.0.0.1'", "'127.0.0.1'")
    .replaceAll('3306', String(primaryPort));
}

/** On an admin's machine the client programs find their server by themselves. */
function asAdministrator(commands: string, server: DatabaseServer): string {
  return commands.replaceAll(/^(?:mariadb|mysql)\S*/gm, (program) =>
    server
      .client(program)
      .map((word) => `'${word}'`)
      .join(' '),
  );
}

async function waitFor(product: Product, primary: Restartable, replica: Restartable): Promise<void> {
  const [ask, wait] = POSITION[product];
  const [row] = await primary.server.sql(ask);
  const [answer] = await replica.server.sql(wait, [row?.['position'], CATCH_UP_S]);
  if (Number(answer?.['result']) === 0) return;
  const [status = {}] = await replica.server.sql('SHOW REPLICA STATUS');
  throw new Error(`The replica does not follow: ${JSON.stringify(errorsOf(status))}`);
}

function errorsOf(status: Row): Row {
  return Object.fromEntries(Object.entries(status).filter(([name]) => /Error|State|Running/.test(name)));
}
