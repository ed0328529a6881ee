import { Kysely, MysqlDialect } from 'kysely';
import { users as demoUsers } from '../directory/demo/company.ts';
import { openPool } from '../directory/mysql/open-pool.ts';
import type { StaffRow } from './staff.ts';

interface UsersDatabase {
  /** In some companies `user` is a number. */
  readonly users: { readonly user: string | number; readonly extPhone: string | null };
}

/** Where the rows of `users` come from. */
export interface StaffSource {
  /** @throws whatever the database says */
  read(): Promise<readonly StaffRow[]>;
  close(): Promise<void>;
}

/** In ms. Nobody waits for the answer, but a reader that hangs must come to its end. */
const TIMEOUT_MS = 10_000;

/**
 * @param url of the courier database, or `demo:`
 * @param password takes the place of the one in the URL
 * @throws {DatabaseUrlError}
 */
export function openStaffSource(url: string, password: string | undefined): StaffSource {
  if (url === 'demo:') return { read: async () => demoUsers, close: async () => undefined };
  const pool = openPool(url, password, { connectionLimit: 1, connectTimeout: TIMEOUT_MS });
  const db = new Kysely<UsersDatabase>({ dialect: new MysqlDialect({ pool }) });
  return {
    read: async () => {
      const rows = await db.selectFrom('users').select(['user', 'extPhone']).execute();
      return rows.map((row) => ({ user: String(row.user), extPhone: row.extPhone ?? '' }));
    },
    close: () => db.destroy(),
  };
}
