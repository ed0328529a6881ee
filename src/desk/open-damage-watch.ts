import type { Logger } from 'pino';
import { sqlitePath } from '../journal/open.ts';
import { findDamage } from '../journal/sqlite/damage.ts';
import { sqliteWorkerDialect } from '../journal/sqlite/worker-dialect.ts';
import { maskText } from '../phone/mask.ts';
import { messageOf } from '../util/errors.ts';
import { DamageWatch } from './damage-watch.ts';

/** @returns undefined where the journal is no file: servers of databases look after their own */
export function openDamageWatch(journalUrl: string, logger: Logger): DamageWatch | undefined {
  const path = sqlitePath(journalUrl);
  if (path === undefined) return undefined;
  return new DamageWatch({
    find: async () => {
      const damage = await findDamage(sqliteWorkerDialect(path));
      return damage === null ? null : maskText(damage);
    },
    onDamage: (damage) =>
      logger.error(
        { code: 'JOURNAL_DAMAGED', problem: damage },
        'the file of the journal is damaged: put a copy back (docs/desk.md, "Backup"), and look at the disk',
      ),
    onProblem: (problem) =>
      logger.warn(
        { problem: maskText(messageOf(problem)) },
        'the journal could not be looked through for damage',
      ),
  });
}
