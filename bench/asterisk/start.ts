import { startAsterisk, type Asterisk } from '../../test/lab/asterisk.ts';
import type { Cleanups } from '../../test/lab/cleanups.ts';
import type { DatabaseServer } from '../../test/lab/databases/server.ts';
import { prepareRootfs } from '../../test/lab/rootfs/prepare.ts';
import type { Contenders } from '../contenders/start.ts';
import { tell } from '../progress.ts';
import type { AsteriskContender, AsteriskKey } from './contender.ts';
import { askServer, NO_LOOKUP } from './dialplan.ts';
import { commonFiles, type Files } from './files.ts';
import { odbcFiles } from './odbc.ts';

export interface StartOnAsterisk {
  readonly keys: readonly AsteriskKey[];
  readonly servers: Contenders;
  /** Holds `courier`. */
  readonly database: DatabaseServer;
  /** Gets what stops each Asterisk. */
  readonly cleanups: Cleanups;
}

/**
 * Each contender with an Asterisk of its own; one that cannot be started is left out, and said so.
 *
 * @throws when this machine cannot have an Asterisk at all; the message says what to do
 */
export async function startOnAsterisk(options: StartOnAsterisk): Promise<AsteriskContender[]> {
  const { keys, servers, database, cleanups } = options;
  await prepareRootfs('asterisk-22', tell);
  const start = async (files: Files): Promise<Asterisk> => {
    const asterisk = await startAsterisk({
      version: 22,
      trace: false,
      files: ({ pjsip }) => ({ ...commonFiles(pjsip), ...files }),
    });
    cleanups.add(asterisk.stop);
    return asterisk;
  };
  const asking = async (key: 'a' | 'c', name: string): Promise<AsteriskContender> => {
    const server = await (key === 'a' ? servers.bare() : servers.server(key, name));
    const asterisk = await start({ 'extensions.conf': askServer(server.port) });
    return { key, name, asterisk, server, decides: key === 'c' };
  };
  const starters: Readonly<Record<AsteriskKey, () => Promise<AsteriskContender>>> = {
    g: async () => {
      const asterisk = await start({ 'extensions.conf': NO_LOOKUP });
      return { key: 'g', name: 'no look-up', asterisk, server: undefined, decides: false };
    },
    a: () => asking('a', 'bare limit'),
    c: () => asking('c', 'this server, live'),
    f: async () => {
      const asterisk = await start(odbcFiles({ port: database.port, name: 'courier', user: 'root' }));
      await checkOdbc(asterisk);
      return { key: 'f', name: 'func_odbc, three queries', asterisk, server: undefined, decides: true };
    },
  };

  const contenders: AsteriskContender[] = [];
  for (const key of keys) {
    tell(`starting contender ${key} on Asterisk`);
    try {
      contenders.push(await starters[key]());
    } catch (error) {
      tell(`contender ${key} is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return contenders;
}

/** @throws when func_odbc is not loaded, or does not reach the database: the dialplan would go on without it */
async function checkOdbc(asterisk: Asterisk): Promise<void> {
  const answer = await asterisk.rx('odbc read ODBC_COURIER_OF_RECIPIENT 70000000000 exec');
  if (/Returned 0 rows/.test(answer)) return;
  const log = await asterisk.log();
  throw new Error(
    `func_odbc does not answer: ${answer.trim()}\n${log
      .split('\n')
      .filter((line) => /(res|func)_odbc/.test(line))
      .join('\n')}`,
  );
}
