import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DirectoryReport, ManagedDirectory } from '../../src/directory/directory.ts';
import { DirectoryUnavailableError } from '../../src/directory/directory.ts';
import { SchemaError } from '../../src/directory/sql/schema.ts';
import { createCourierDatabase, insertDemoCompany } from '../lab/databases/courier-schema.ts';
import type { Charset } from '../lab/databases/courier-schema.ts';
import { EXPECTED_MATCHES } from '../lab/databases/expected-matches.ts';
import { openLiveDirectory } from '../lab/databases/live-directory.ts';
import type { DatabaseServer } from '../lab/databases/server.ts';
import { DATABASE_SERVERS, SERVER_START_MS } from '../lab/databases/servers.ts';

const BUDGET_MS = 10_000;
const READY = { state: 'ready', warnings: [], problem: null };

describe.each(DATABASE_SERVERS)('a directory on %s', (name, startServer) => {
  let server: DatabaseServer;
  let directory: ManagedDirectory;

  beforeAll(async () => {
    server = await startServer();
  }, SERVER_START_MS);
  afterAll(() => server?.stop());
  afterEach(() => directory?.close());

  const createDemoDatabase = async (charset: Charset = 'utf8mb4') => {
    await createCourierDatabase(server, { charset });
    await insertDemoCompany(server);
  };

  const expectEveryAnswer = async () => {
    for (const [number, who, matches] of EXPECTED_MATCHES) {
      const answer = await directory.find(number, BUDGET_MS);
      expect({ number, who, ...answer }).toEqual({ number, who, matches, source: 'live', ageSeconds: 0 });
    }
  };

  describe.each<Charset>(['utf8mb4', 'cp1251'])('with tables in %s', (charset) => {
    beforeAll(() => createDemoDatabase(charset));

    test('is ready, and knows the server’s version', async () => {
      directory = openLiveDirectory(server.url('courier'));
      expect(await directory.start()).toEqual({ ...READY, version: server.version });
      expect(server.version).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`));
    });

    test('knows whose every number is', async () => {
      directory = openLiveDirectory(server.url('courier'));
      await expectEveryAnswer();
    });
  });

  describe('by code', () => {
    let live: ReturnType<typeof openLiveDirectory>;
    beforeAll(() => createDemoDatabase());
    beforeEach(() => {
      live = openLiveDirectory(server.url('courier'));
      directory = live;
    });

    test('finds a shipment, whom it is for, and who has it', async () => {
      expect(await live.findShipment(70_001, BUDGET_MS)).toMatchObject({
        shipment: 70_001,
        order: 5001,
        client: 201,
        open: true,
        holders: [{ courier: 11, hasLeft: false }],
        numbers: ['79162000001'],
      });
      // Issued twice: only who has it now.
      expect((await live.findShipment('70003', BUDGET_MS))?.holders).toMatchObject([{ courier: 12 }]);
      expect(await live.findShipment(70_004, BUDGET_MS)).toMatchObject({ open: false, holders: [] });
      expect(await live.findShipment(70_005, BUDGET_MS)).toMatchObject({ open: true, holders: [] });
      // The code of a client is no shipment.
      expect(await live.findShipment(201, BUDGET_MS)).toBeNull();
    });

    test('finds a courier, their telephones, and whether they have left', async () => {
      expect(await live.findCourier(11, BUDGET_MS)).toEqual({
        courier: 11,
        phonem: '8-916-100-00-11',
        phonek: '',
        phone: '8-985-100-00-11',
        hasLeft: false,
      });
      expect(await live.findCourier(16, BUDGET_MS)).toMatchObject({ hasLeft: true });
      expect(await live.findCourier('99999999999999999999', BUDGET_MS)).toBeNull();
    });

    test('gets along without columns that not everybody has', async () => {
      await server.sql('ALTER TABLE kurier DROP COLUMN phonek, DROP COLUMN phone, DROP COLUMN dateput');
      expect(await live.findCourier(16, BUDGET_MS)).toEqual({
        courier: 16,
        phonem: '89161000016',
        phonek: '',
        phone: '',
        hasLeft: false,
      });
    });
  });

  describe('whatever types the vendor chose', () => {
    beforeEach(() => createDemoDatabase());

    test.each([
      ['utf8mb4_bin', 'a collation of its own'],
      ['utf8mb4_swedish_ci', 'another collation of its own'],
      ['latin1_swedish_ci', 'a character set of its own'],
    ])('finds managers when users.user is %s, %s', async (collation) => {
      const [charset] = collation.split('_');
      await server.sql(
        `ALTER TABLE users MODIFY user VARCHAR(30) CHARACTER SET ${charset} COLLATE ${collation}`,
      );
      directory = openLiveDirectory(server.url('courier'));
      await expectEveryAnswer();
    });

    test('reads codes from text columns and numbers from a numeric one', async () => {
      await server.sql(`
        DELETE FROM contacts WHERE VALUE LIKE '8 %';
        ALTER TABLE contacts MODIFY VALUE BIGINT, MODIFY Source VARCHAR(20), MODIFY SourceCodeType VARCHAR(5);
        ALTER TABLE clients MODIFY State VARCHAR(5);
        ALTER TABLE givn MODIFY date_beg DATE, MODIFY kurier BIGINT`);
      directory = openLiveDirectory(server.url('courier'));
      expect((await directory.find('79162000001', BUDGET_MS)).matches).toMatchObject([
        { shipment: 70001, client: { state: 1 }, holder: { courier: 11, issuedAt: '2026-03-03 00:00:00' } },
      ]);
    });
  });

  describe('against a schema that differs', () => {
    beforeEach(() => createDemoDatabase());

    test.each([
      ['kurier.phonek', 'courier contact phone', 'ALTER TABLE kurier DROP phonek'],
      ['clients.State', 'client state', 'ALTER TABLE clients DROP State'],
      ['givn.date_beg', 'issue date', 'ALTER TABLE givn DROP date_beg'],
      ['fio.client', 'contact persons', 'ALTER TABLE fio DROP client'],
      ['fio.code', 'contact persons', 'DROP TABLE fio'],
    ])('lacks nothing but a feature without %s', async (column, feature, change) => {
      await server.sql(change);
      const reports: DirectoryReport[] = [];
      directory = openLiveDirectory(server.url('courier'), { onReady: (report) => reports.push(report) });
      const report = await directory.start();
      expect(report).toMatchObject({ state: 'ready', warnings: [{ feature, column }] });
      expect(reports).toEqual([report]);

      const { matches } = await directory.find('79162000002', BUDGET_MS);
      expect(matches).toMatchObject([
        { holder: { courier: 12 }, client: { code: 202 } },
        { holder: { courier: 11 }, client: { code: 201 } },
        { holder: null, open: false },
      ]);
      const { matches: contact } = await directory.find('74952000301', BUDGET_MS);
      expect(contact.map(({ kind }) => kind)).toEqual(
        feature === 'contact persons' ? ['client'] : ['contact', 'client'],
      );
    });

    test('is told once, however often it is checked, and again when it has changed', async () => {
      const reports: DirectoryReport[] = [];
      directory = openLiveDirectory(server.url('courier'), { onReady: (report) => reports.push(report) });
      await directory.start();
      await directory.start();
      expect(reports).toMatchObject([{ warnings: [] }]);
      await server.sql('ALTER TABLE clients DROP State');
      await directory.start();
      expect(reports).toMatchObject([{ warnings: [] }, { warnings: [{ column: 'clients.State' }] }]);
    });

    test('takes another column for the client of a contact person', async () => {
      await server.sql('ALTER TABLE fio CHANGE client `odd ``column` INT');
      directory = openLiveDirectory(server.url('courier'), { contactPersonClientColumn: 'odd `column' });
      await expectEveryAnswer();
    });

    test('takes column names in another case', async () => {
      await server.sql('ALTER TABLE givn CHANGE State STATE SMALLINT NOT NULL, CHANGE Kurier KURIER INT');
      directory = openLiveDirectory(server.url('courier'));
      await expectEveryAnswer();
    });

    test('refuses to start without required columns, and names them all', async () => {
      await server.sql('ALTER TABLE contacts DROP SourceCodeType; DROP TABLE zakaz');
      directory = openLiveDirectory(server.url('courier'));
      const missing = ['contacts.SourceCodeType', 'zakaz.code', 'zakaz.source'];
      const error = await directory.start().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SchemaError);
      expect(error).toMatchObject({ code: 'SCHEMA', missing });
      expect(String(error)).toContain('contacts.SourceCodeType, zakaz.code, zakaz.source');
    });

    test('answers again once a lost column is back, without a restart', async () => {
      directory = openLiveDirectory(server.url('courier'));
      await directory.start();
      await server.sql('ALTER TABLE kurier CHANGE manager boss VARCHAR(30)');
      await expect(directory.find('79161000011', BUDGET_MS)).rejects.toThrow(DirectoryUnavailableError);
      await expect(directory.find('79161000011', BUDGET_MS)).rejects.toThrow(/lacks kurier\.manager/);

      await server.sql('ALTER TABLE kurier CHANGE boss manager VARCHAR(30)');
      await expectEveryAnswer();
    });

    test('goes on without an optional column that disappears while it runs', async () => {
      directory = openLiveDirectory(server.url('courier'));
      await directory.start();
      await server.sql('ALTER TABLE clients DROP State');
      await expect(directory.find('74952000201', BUDGET_MS)).rejects.toThrow(DirectoryUnavailableError);
      const { matches } = await directory.find('74952000201', BUDGET_MS);
      expect(matches).toMatchObject([{ kind: 'client', client: { code: 201, state: null } }]);
    });
  });

  describe('on the wire', () => {
    beforeAll(() => createDemoDatabase());

    test('prepares once a connection, and asks once a look-up', async () => {
      directory = openLiveDirectory(server.url('courier'), { poolSize: 1 });
      await directory.find('79161000011', BUDGET_MS);
      const before = await commandCounters(server);
      for (let i = 0; i < 25; i += 1) await directory.find('79162000002', BUDGET_MS);
      const after = await commandCounters(server);

      const difference: Record<string, number> = {};
      for (const [command, count] of Object.entries(after)) {
        if (count !== before[command]) difference[command] = count - (before[command] ?? 0);
      }
      // MariaDB and MySQL count the statement that was executed as well. `Questions` counts what arrived.
      // The SHOW of the second reading is in there once.
      expect(difference).toEqual({
        Com_select: 25,
        Com_stmt_execute: 25,
        Com_show_status: 1,
        Questions: 26,
      });
    });
  });

  describe('encrypted', () => {
    beforeAll(() => createDemoDatabase());
    // MySQL makes itself a certificate that nobody has signed; MariaDB 10 has none.
    const certified = name === 'MySQL';

    test('is refused when the certificate cannot be verified, with advice', async () => {
      directory = openLiveDirectory(`${server.url('courier')}?ssl=true`);
      const refusal = directory.find('79161000011', BUDGET_MS);
      await expect(refusal).rejects.toThrow(DirectoryUnavailableError);
      await expect(refusal).rejects.toThrow(certified ? /certificate/ : /leave out ssl=/);
    });

    test('answers when it need not be verified', async () => {
      directory = openLiveDirectory(`${server.url('courier')}?ssl=noverify`);
      if (certified) await expectEveryAnswer();
      else await expect(directory.find('79161000011', BUDGET_MS)).rejects.toThrow(/leave out ssl=/);
    });
  });

  describe('behind a unix socket', () => {
    beforeAll(() => createDemoDatabase());

    test('answers', async () => {
      const url = `mysql://root@localhost/courier?socketPath=${encodeURIComponent(server.socketPath)}`;
      directory = openLiveDirectory(url);
      await expectEveryAnswer();
    });
  });
});

async function commandCounters(server: DatabaseServer): Promise<Record<string, number>> {
  const rows = await server.sql(
    "SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Com\\_%' OR Variable_name = 'Questions'",
  );
  return Object.fromEntries(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
}
