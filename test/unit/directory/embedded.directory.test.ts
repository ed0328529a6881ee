import { afterAll, describe, expect, test } from '@jest/globals';
import { contacts } from '../../../src/directory/demo/company.ts';
import { EmbeddedDirectory } from '../../../src/directory/demo/embedded.directory.ts';
import { DirectoryUnavailableError } from '../../../src/directory/directory.ts';
import { EXPECTED_MATCHES } from '../../lab/databases/expected-matches.ts';

describe('the demo database', () => {
  const directory = new EmbeddedDirectory();
  afterAll(() => directory.close());

  test.each(EXPECTED_MATCHES)('knows that %j is %s', async (number, _who, matches) => {
    expect(await directory.find(number)).toEqual({ matches, source: 'live', ageSeconds: 0 });
  });

  test('has an expectation for every number of the demo company', () => {
    const expected = new Set(
      EXPECTED_MATCHES.flatMap(([number, , matches]) => [
        number,
        ...matches.map(({ writtenAs }) => writtenAs),
      ]),
    );
    expect(contacts.map(({ VALUE }) => VALUE).filter((number) => !expected.has(number))).toEqual([]);
  });

  test('is ready at once', async () => {
    expect(await directory.start()).toMatchObject({ state: 'ready', warnings: [], problem: null });
  });

  test('takes other states for "in the courier’s hands"', async () => {
    const delivered = new EmbeddedDirectory({ inHandStates: [4, 5] });
    const { matches } = await delivered.find('79162000006');
    expect(matches).toMatchObject([{ shipment: 70006, holder: { courier: 13 } }]);
    await delivered.close();
  });

  test('takes another company’s rows', async () => {
    const none = { users: [], kurier: [], clients: [], fio: [], zakaz: [], address: [], givn: [] };
    const stray = { Source: 9, SourceCodeType: 3, VALUE: '79990000009' };
    const other = new EmbeddedDirectory({ company: { ...none, contacts: [stray] } });
    expect((await other.find('79990000009')).matches).toEqual([
      {
        kind: 'recipient',
        shipment: 9,
        order: null,
        visible: true,
        client: null,
        branch: null,
        open: false,
        holder: null,
      },
    ]);
    await other.close();
  });

  test('puts the most valuable first: people, then what is held, open, newest', async () => {
    const VALUE = '79990000001';
    const none = { users: [], clients: [], fio: [], zakaz: [] };
    const shipments = [
      { code: 101, date_put: null, issued: '2026-03-01 09:00:00' },
      { code: 102, date_put: null, issued: '2026-03-03 09:00:00' },
      { code: 103, date_put: null, issued: '2026-03-02 09:00:00' },
      { code: 104, date_put: null, issued: '2026-03-02 09:00:00' },
      // In a courier's hands, although closed.
      { code: 105, date_put: '2026-03-03 10:00:00', issued: '2026-03-04 09:00:00' },
      { code: 106, date_put: null, issued: null },
      { code: 107, date_put: '2026-03-03 10:00:00', issued: null },
    ];
    const crowded = new EmbeddedDirectory({
      company: {
        ...none,
        kurier: [{ code: 1, phonem: '', phonek: '', manager: '' }],
        address: shipments.map(({ code, date_put }) => ({ code, zakaz: null, date_put })),
        givn: shipments.flatMap(({ code, issued }) =>
          issued === null ? [] : [{ address: code, kurier: 1, State: 1, date_beg: issued }],
        ),
        contacts: [
          ...shipments.map(({ code }) => ({ Source: code, SourceCodeType: 3, VALUE })),
          { Source: 1, SourceCodeType: 1, VALUE },
        ],
      },
    });
    const { matches } = await crowded.find(VALUE);
    expect(matches.map((match) => (match.kind === 'recipient' ? match.shipment : match.kind))).toEqual([
      'courier',
      102,
      104,
      103,
      101,
      105,
      106,
      107,
    ]);
    await crowded.close();
  });

  test('refuses to answer after close, which may be called twice', async () => {
    const closed = new EmbeddedDirectory();
    await closed.close();
    await closed.close();
    await expect(closed.find('79161000011')).rejects.toThrow(DirectoryUnavailableError);
  });
});
