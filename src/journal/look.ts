import { statSync } from 'node:fs';
import type { RowDataPacket } from 'mysql2';
import { openPool } from '../directory/mysql/open-pool.ts';
import { CLOCK, type Engine } from './engine.ts';
import { FOLLOWING } from './lease.ts';
import { APPLIED_STEPS, compareSchema, type SchemaDifference } from './migrate.ts';
import { sqlitePath } from './open.ts';
import { openSqliteToLook } from './sqlite/engine.ts';

/** What somebody who looks at a journal sees. */
export interface JournalLook {
  readonly schema: SchemaDifference;
  /** The host of the desk that follows the calls now; null when none does. */
  readonly followedBy: string | null;
  /** What SQLite says of a damaged file; null when it is whole, was not looked through, or is no file. */
  readonly damage: string | null;
}

/** Looking through a bigger file takes minutes. In bytes. */
const MAX_CHECKED = 2_000_000_000;
const CONNECT_MS = 5_000;

/** The clock of the engine counts: see `Lease`. */
const leaseQuery = (engine: Engine): string =>
  `select holder, ${CLOCK[engine]} - renewed_at as age from leases where name = '${FOLLOWING.name}'`;

interface LeaseRow {
  readonly holder: string;
  readonly age: number;
}

/**
 * Looks at a journal without making or changing anything.
 *
 * @throws whatever the engine says
 */
export async function lookAtJournal(url: string, password?: string): Promise<JournalLook> {
  const path = sqlitePath(url);
  return path === undefined ? lookAtMysql(url, password) : lookAtFile(path);
}

function lookAtFile(path: string): JournalLook {
  const database = openSqliteToLook(path);
  const ask = <Row>(sql: string): Row[] => {
    const statement = database.prepare(sql);
    try {
      return statement.all();
    } finally {
      statement[Symbol.dispose]?.();
    }
  };
  try {
    const isSmall = statSync(path).size <= MAX_CHECKED;
    const [check] = isSmall ? ask<{ quick_check: string }>('pragma quick_check(1)') : [];
    const damage = check === undefined || check.quick_check === 'ok' ? null : check.quick_check;
    const steps = ask<{ name: string }>(APPLIED_STEPS).map(({ name }) => name);
    const [lease] = ask<LeaseRow>(leaseQuery('sqlite'));
    return { schema: compareSchema(steps), followedBy: followerOf(lease), damage };
  } finally {
    database.close();
  }
}

async function lookAtMysql(url: string, password: string | undefined): Promise<JournalLook> {
  const pool = openPool(
    url,
    password,
    { connectionLimit: 1, connectTimeout: CONNECT_MS },
    'journal.url',
  ).promise();
  const ask = async (sql: string): Promise<RowDataPacket[]> => {
    const [rows] = await pool.query<RowDataPacket[]>({ sql, timeout: CONNECT_MS });
    return rows;
  };
  try {
    const steps = (await ask(APPLIED_STEPS)).map((row) => String(row['name']));
    const [lease] = await ask(leaseQuery('mysql'));
    const row = lease && { holder: String(lease['holder']), age: Number(lease['age']) };
    return { schema: compareSchema(steps), followedBy: followerOf(row), damage: null };
  } finally {
    await pool.end();
  }
}

/** The holder is a host with an id that tells its desks apart. */
function followerOf(lease: LeaseRow | undefined): string | null {
  if (lease === undefined || lease.holder === '' || lease.age > FOLLOWING.ttlMs) return null;
  return lease.holder.split(' ')[0] ?? null;
}
