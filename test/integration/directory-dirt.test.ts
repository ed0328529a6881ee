import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Match } from '../../src/directory/match.ts';
import { parseDatabaseUrl } from '../../src/directory/mysql/database-url.ts';
import { MysqlDirectory } from '../../src/directory/mysql/mysql.directory.ts';
import { takeSnapshot } from '../../src/directory/snapshot/take-snapshot.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';

const BUDGET_MS = 10_000;
const RECIPIENT = '79162000001';
const IN_WAREHOUSE = '79162000005';
const COURIER = '79161000011';
const CLIENT = '74952000201';

/** What is in such databases, and was not meant to be. The snapshot must say what the live look-up says. */
describe.each(DATABASE_SERVERS)('dirt in the tables of %s', (_name, startServer) => {
  let server: DatabaseServer;
  let directory: MysqlDirectory | undefined;

  beforeAll(async () => {
    server = await startServer();
  }, SERVER_START_MS);
  beforeEach(async () => {
    await server.sql("SET SESSION sql_mode = ''");
    await createCourierDatabase(server);
    await insertDemoCompany(server);
  });
  afterEach(async () => {
    await directory?.close();
    // The next test has another schema.
    directory = undefined;
  });
  afterAll(() => server?.stop());

  const open = (): MysqlDirectory => {
    directory ??= new MysqlDirectory({
      address: parseDatabaseUrl(server.url('courier')),
      poolSize: 2,
      contactPersonClientColumn: 'client',
      inHandStates: [1],
      maxBudgetMs: BUDGET_MS,
      pageSize: 5,
    });
    return directory;
  };

  /** As a server does: it takes a snapshot, and answers live. Both say the same, but for how a number is written. */
  const find = async (number: string): Promise<readonly Match[]> => {
    const source = open();
    const snapshot = await takeSnapshot(source, null, new AbortController().signal, 'soon');
    const { matches } = await source.find(number, BUDGET_MS);
    expect(snapshot.find(number)).toEqual(matches.map(withoutWriting));
    return matches;
  };

  test.each(['DATETIME', 'DATE', 'TIMESTAMP', 'VARCHAR(20)'])('a zero date is no date: %s', async (type) => {
    await server.sql(`
      ALTER TABLE address MODIFY date_put ${type} NULL;
      UPDATE address SET date_put = '0000-00-00 00:00:00' WHERE date_put IS NULL;
      ALTER TABLE address MODIFY date_put ${type} NOT NULL;
      UPDATE kurier SET dateput = '0000-00-00 00:00:00' WHERE dateput IS NULL`);
    expect(await find(IN_WAREHOUSE)).toMatchObject([{ open: true }]);
    expect(await find('79162000006')).toMatchObject([{ open: false }]);
    expect(await find(RECIPIENT)).toMatchObject([{ holder: { hasLeft: false } }]);
  });

  test.each([
    ['BIGINT UNSIGNED', '24014736137715713', '24014736137715713'],
    ['DECIMAL(20,2)', '70001.00', 70_001],
    ['VARCHAR(30)', '24014736137715713', '24014736137715713'],
  ])('a code may be a %s', async (type, code, shipment) => {
    await server.sql(`
      ALTER TABLE contacts MODIFY Source ${type} NOT NULL;
      ALTER TABLE givn MODIFY address ${type} NOT NULL;
      ALTER TABLE address MODIFY code ${type} NOT NULL;
      UPDATE contacts SET Source = '${code}' WHERE Source = '70001';
      UPDATE givn SET address = '${code}' WHERE address = '70001';
      UPDATE address SET code = '${code}' WHERE code = '70001'`);
    expect(await find(RECIPIENT)).toMatchObject([{ shipment, open: true, holder: { courier: 11 } }]);
  });

  test.each([' olga', 'olga ', '\tolga\t', 'olga\r\n', '\r\n olga \r', '\u00A0olga\u00A0'])(
    'white space stands around a manager: %j',
    async (name) => {
      await server.sql('UPDATE kurier SET manager = ? WHERE code = 11', [name]);
      await server.sql('UPDATE clients SET manager = ? WHERE code = 201', [name]);
      expect(await find(COURIER)).toMatchObject([{ manager: { user: 'olga' } }]);
      expect(await find(CLIENT)).toMatchObject([{ client: { manager: { user: 'olga' } } }]);
    },
  );

  test('a manager who is a number is nobody’s name, and may be a colleague’s code', async () => {
    await server.sql(`
      ALTER TABLE kurier MODIFY manager INT NULL;
      ALTER TABLE clients MODIFY manager INT NOT NULL DEFAULT 0;
      UPDATE kurier SET manager = 0; UPDATE clients SET manager = 0;
      UPDATE kurier SET manager = 18 WHERE code = 12;
      UPDATE kurier SET manager = 14 WHERE code = 13;
      UPDATE kurier SET manager = 16 WHERE code = 15`);
    expect(await find(COURIER)).toMatchObject([{ manager: null }]);
    expect(await find(CLIENT)).toMatchObject([{ client: { manager: null } }]);
    expect(await find('79161000012')).toMatchObject([
      { manager: { user: '18', extPhone: '8 916 100-00-18' } },
    ]);
    // One has no telephone, and the other has left.
    expect(await find('79161000013')).toMatchObject([{ manager: null }]);
    const [courier] = await find('79161000015');
    expect(courier).toMatchObject({ kind: 'courier', manager: null });
  });

  test('users may be numbers, and managers text', async () => {
    await server.sql(`
      DELETE FROM users; ALTER TABLE users MODIFY user INT NOT NULL;
      INSERT INTO users (user, extPhone) VALUES (0, '999'), (7, '107');
      UPDATE kurier SET manager = '7' WHERE code = 12`);
    expect(await find(COURIER)).toMatchObject([{ manager: null }]);
    expect(await find('79161000012')).toMatchObject([{ manager: { user: '7', extPhone: '107' } }]);
  });

  test('contact persons of a switchboard displace no shipment', async () => {
    const people = Array.from({ length: 450 }, (_one, index) => 1000 + index);
    await server.sql('INSERT INTO fio (code, client) VALUES ?', [people.map((code) => [code, 201])]);
    await server.sql('INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES ?', [
      people.map((code) => [code, 39, RECIPIENT]),
    ]);
    await server.sql('INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES ?', [
      people.map((code) => [code, 40, RECIPIENT]),
    ]);
    const matches = await find(RECIPIENT);
    expect(matches).toContainEqual(
      expect.objectContaining({ shipment: 70_001, holder: expect.objectContaining({ courier: 11 }) }),
    );
    expect(matches.length).toBeGreaterThan(200);
  });

  test('a shipment that was issued to courier 0 is in nobody’s hands', async () => {
    await server.sql('UPDATE givn SET kurier = 0 WHERE address = 70001');
    expect(await find(RECIPIENT)).toMatchObject([{ shipment: 70_001, holder: null }]);
  });

  test('tables are spelled in capitals', async () => {
    const names = ['contacts', 'givn', 'kurier', 'users', 'clients', 'fio', 'address', 'zakaz'];
    // In two steps, for a server that does not tell them apart.
    for (const name of names) {
      await server.sql(`RENAME TABLE ${name} TO ${name}_; RENAME TABLE ${name}_ TO ${name.toUpperCase()}`);
    }
    expect(await find(RECIPIENT)).toMatchObject([{ shipment: 70_001, holder: { courier: 11 } }]);
    expect(await find('79162000302')).toMatchObject([{ kind: 'contact', person: 302 }]);
  });

  test.each([
    ['BIT(4)', 1, []],
    ["ENUM('0','1','3')", 1, []],
    ['VARCHAR(10)', 1, ['clients.State']],
  ])('the client’s state is a %s', async (type, state, warned) => {
    await server.sql(`ALTER TABLE clients MODIFY State ${type} NULL`);
    await server.sql('UPDATE clients SET State = ? WHERE code = 201', [type.startsWith('BIT') ? 1 : '1']);
    const { warnings } = await open().start();
    expect(warnings.map(({ column }) => column)).toEqual(warned);
    expect(await find(CLIENT)).toMatchObject([{ client: { state } }]);
  });

  test.each(["ENUM('0','1','4','5')", 'VARCHAR(5)', 'BIT(8)', 'DECIMAL(5,1)'])(
    'the state of what was issued is a %s',
    async (type) => {
      await server.sql(`
        ALTER TABLE givn ADD was SMALLINT; UPDATE givn SET was = State;
        ALTER TABLE givn DROP INDEX kurier_idx, DROP State, ADD State ${type} NULL, ADD KEY kurier_idx (kurier, State);
        UPDATE givn SET State = ${type.startsWith('BIT') || type.startsWith('DEC') ? 'was' : 'cast(was as char)'}`);
      expect(await find(RECIPIENT)).toMatchObject([{ holder: { courier: 11 } }]);
      expect(await find('79162000006')).toMatchObject([{ holder: null }]);
    },
  );

  test.each([
    '89162000055',
    '+79162000055',
    '9162000055',
    '8 (916) 200-00-55',
    '+7 (916) 200-00-55',
    '8-916-200-00-55',
    '+7 916 200 00 55',
    '8 9162000055',
    '79162000055\r',
    '79162000055\r\n',
    '89162000055\r',
    ' 79162000055',
    '79162000055 ',
    '79162000055\t',
    '79162000055\u00A0',
  ])('a number is written as %j', async (written) => {
    await server.sql('INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES (70001, 3, ?)', [written]);
    expect(await find('79162000055')).toMatchObject([{ kind: 'recipient', shipment: 70_001 }]);
    // The same entry in another way is no second one.
    await server.sql("INSERT INTO contacts (Source, SourceCodeType, VALUE) VALUES (70001, 3, '79162000055')");
    expect(await find('79162000055')).toHaveLength(1);
  });

  test('is read in the order of another index where that of VALUE holds beginnings only', async () => {
    await server.sql(`
      ALTER TABLE contacts DROP KEY value_idx, MODIFY VALUE VARCHAR(255) NOT NULL, ADD KEY value_idx (VALUE(10))`);
    for (const number of [RECIPIENT, '79162000002', CLIENT, COURIER, '79162000015']) {
      expect((await find(number)).length).toBeGreaterThan(0);
    }
  });

  test('finds the same before a snapshot has been taken, one by one and together', async () => {
    const source = open();
    const numbers = [RECIPIENT, COURIER, CLIENT, '79162000002', '79162000015'];
    const before = [];
    for (const number of numbers) before.push(await source.find(number, BUDGET_MS));
    expect(before.map(({ matches }) => matches.length)).toEqual([1, 1, 1, 3, 1]);
    expect(before[4]?.matches).toMatchObject([{ shipment: 70_015, writtenAs: '8 (916) 200-00-15' }]);
    await takeSnapshot(source, null, new AbortController().signal, 'soon');
    expect(await Promise.all(numbers.map((number) => source.find(number, BUDGET_MS)))).toEqual(before);
  });
});

function withoutWriting(match: Match): Match {
  const { writtenAs, ...rest } = match;
  return writtenAs === undefined ? match : rest;
}
