import * as demoCompany from '../../../src/directory/demo/company.ts';
import type { DatabaseServer } from './server.ts';

export type Charset = 'utf8mb4' | 'cp1251';

/**
 * The vendor's tables, as far as they are known: types, indexes and further columns are what such a system
 * would have. The names, companies, logins and passwords are there so that tests can see that nobody reads
 * them.
 */
const COURIER_TABLES = `
  CREATE TABLE contacts (
    code INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    Source INT NOT NULL,
    SourceCodeType SMALLINT NOT NULL,
    ContactType SMALLINT NOT NULL DEFAULT 1,
    VALUE VARCHAR(100) NOT NULL,
    KEY value_idx (VALUE),
    KEY source_idx (Source, SourceCodeType)
  );
  CREATE TABLE givn (
    code INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    address INT NOT NULL,
    kurier INT NULL,
    State SMALLINT NOT NULL,
    kurierstate SMALLINT NULL,
    date_beg DATETIME NULL,
    tooktime DATETIME NULL,
    ldtime DATETIME NULL,
    KEY address_idx (address),
    KEY kurier_idx (kurier, State)
  );
  CREATE TABLE kurier (
    code INT NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL DEFAULT '',
    phonem VARCHAR(50) NULL,
    phonek VARCHAR(50) NULL,
    phone VARCHAR(50) NULL,
    manager VARCHAR(30) NULL,
    store INT NULL,
    dateput DATETIME NULL
  );
  CREATE TABLE users (
    \`user\` VARCHAR(30) NOT NULL PRIMARY KEY,
    pass VARCHAR(64) NOT NULL DEFAULT '',
    extPhone VARCHAR(100) NULL
  );
  CREATE TABLE clients (
    code INT NOT NULL PRIMARY KEY,
    company VARCHAR(200) NOT NULL DEFAULT '',
    manager VARCHAR(30) NULL,
    State SMALLINT NULL,
    login VARCHAR(50) NULL,
    pass VARCHAR(64) NULL
  );
  CREATE TABLE fio (
    code INT NOT NULL PRIMARY KEY,
    client INT NULL,
    name VARCHAR(100) NOT NULL DEFAULT '',
    KEY client_idx (client)
  );
  CREATE TABLE address (
    code INT NOT NULL PRIMARY KEY,
    zakaz INT NULL,
    date_put DATETIME NULL,
    date_putn DATE NULL,
    FL INT NULL,
    StrBarCode VARCHAR(50) NULL,
    name VARCHAR(200) NOT NULL DEFAULT '',
    KEY zakaz_idx (zakaz)
  );
  CREATE TABLE zakaz (
    code INT NOT NULL PRIMARY KEY,
    source INT NULL,
    Visible CHAR(1) NULL DEFAULT 'T',
    KEY source_idx (source)
  );
`;

/** Makes an empty courier database, after dropping one of this name. */
export async function createCourierDatabase(
  server: DatabaseServer,
  { name = 'courier', charset = 'utf8mb4' }: { name?: string; charset?: Charset } = {},
): Promise<void> {
  await server.sql(`
    DROP DATABASE IF EXISTS ${name};
    CREATE DATABASE ${name} CHARACTER SET ${charset};
    USE ${name};
    ${COURIER_TABLES}
  `);
}

/** Fills the database in use with the demo company. */
export async function insertDemoCompany(server: DatabaseServer): Promise<void> {
  const tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = { ...demoCompany };
  for (const [table, rows] of Object.entries(tables)) {
    const columns = Object.keys(rows[0] ?? {});
    await server.sql(`INSERT INTO ?? (??) VALUES ?`, [
      table,
      columns,
      rows.map((row) => columns.map((column) => row[column])),
    ]);
  }
}
