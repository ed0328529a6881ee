import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely';
import type { CourierDatabase } from '../sql/tables.ts';

/** Compiles for MySQL and MariaDB and runs nothing: statements go through the pool, which keeps budgets. */
export function mysqlBuilder(): Kysely<CourierDatabase> {
  return new Kysely<CourierDatabase>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
  });
}
