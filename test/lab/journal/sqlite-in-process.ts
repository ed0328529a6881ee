import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
} from 'kysely';
import { SqliteConnection } from '../../../src/journal/sqlite/connection.ts';

/**
 * SQLite in the test's own thread: a worker cannot run TypeScript on every Node. It is the same connection that the
 * worker has; `test/integration/journal.test.ts` runs the compiled worker.
 */
export function sqliteInProcess(path: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => {
      let sqlite: SqliteConnection | undefined;
      const run = <Row>(sql: string, values: readonly unknown[] = []): QueryResult<Row> => {
        sqlite ??= new SqliteConnection(path);
        return sqlite.run(sql, values);
      };
      let free: Promise<void> = Promise.resolve();
      let release = (): void => {};
      const connection: DatabaseConnection = {
        executeQuery: async <Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> =>
          run(sql, parameters),
        streamQuery: () => {
          throw new Error('not used');
        },
      };
      return {
        init: async () => {},
        acquireConnection: async () => {
          const before = free;
          let done = (): void => {};
          free = new Promise((resolve) => {
            done = resolve;
          });
          await before;
          release = done;
          return connection;
        },
        beginTransaction: async () => void run('begin immediate'),
        commitTransaction: async () => void run('commit'),
        rollbackTransaction: async () => void run('rollback'),
        releaseConnection: async () => release(),
        destroy: async () => sqlite?.close(),
      };
    },
  };
}
