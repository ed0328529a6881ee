import { describe, expect, test } from '@jest/globals';
import {
  DatabaseUrlError,
  describeAddress,
  parseDatabaseUrl,
} from '../../../src/directory/mysql/database-url.ts';
import { openDirectory } from '../../../src/directory/open.ts';

const ADDRESS = {
  host: 'db',
  port: 3306,
  socketPath: undefined,
  user: 'agi',
  password: '',
  database: 'courier',
  ssl: 'off',
};

describe('a database URL', () => {
  test.each([
    ['mysql://agi@db/courier', {}],
    ['mysql://agi:secret@db:3307/courier', { password: 'secret', port: 3307 }],
    ['mariadb://agi:secret@db:3307/courier?ssl=true', { password: 'secret', port: 3307, ssl: 'verify' }],
    ['mysql://agi:p%40ss%3A%2F%23%25@db/courier', { password: 'p@ss:/#%' }],
    ['mysql://a%40b:x@db/courier', { user: 'a@b', password: 'x' }],
    ['mysql://agi@[::1]:3307/courier', { host: '::1', port: 3307 }],
    ['mysql://agi@10.0.0.5/courier?ssl=true', { host: '10.0.0.5', ssl: 'verify' }],
    ['mysql://agi@db/courier?ssl=noverify', { ssl: 'noverify' }],
    ['mysql://agi@db/courier?ssl=false', {}],
    ['mysql://agi@db/courier?socketPath=/run/mysqld/mysqld.sock', { socketPath: '/run/mysqld/mysqld.sock' }],
    ['mysql://agi@db/%D0%BA', { database: 'к' }],
  ])('is read: %s', (url, expected) => {
    expect(parseDatabaseUrl(url)).toEqual({ ...ADDRESS, ...expected });
  });

  test('is called what it is called where it stands', () => {
    expect(() => parseDatabaseUrl('mysql://db/courier')).toThrow(/^database\.url /);
    expect(() => parseDatabaseUrl('mysql://db/j', undefined, 'journal.url')).toThrow(/^journal\.url /);
  });

  test('gives way to a password from elsewhere, even an empty one', () => {
    expect(parseDatabaseUrl('mysql://agi:old@db/courier', 'new').password).toBe('new');
    expect(parseDatabaseUrl('mysql://agi:old@db/courier', '').password).toBe('');
  });

  test.each([
    ['mysql://', /is no URL|names no/],
    ['postgres://agi:S3cret@db/courier', /must begin with mysql:\/\/ or mariadb:\/\//],
    ['mysql://db/courier', /names no user/],
    ['mysql://:S3cret@db/courier', /names no user/],
    ['mysql://agi:S3cret@/courier', /is no URL/],
    ['mysql://agi:S3cret@db', /must name one database/],
    ['mysql://agi:S3cret@db/', /must name one database/],
    ['mysql://agi:S3cret@db/courier/x', /must name one database/],
    ['mysql://agi:S3cret@db:99999/courier', /is no URL/],
    ['mysql://agi:S3cret@db:x/courier', /is no URL/],
    ['mysql://agi:S3cret/x@db/courier', /is no URL/],
    ['mysql://agi:S3cret%@db/courier', /stray % in the password: write % itself as %25/],
    ['mysql://agi:S3cret@db/courier#x', /has a #: write it as %23/],
    ['mysql://agi:S3cret@db/courier?sslmode=x', /unknown parameter "sslmode": socketPath and ssl are known/],
    ['mysql://agi:S3cret@db/courier?ssl=yes', /has ssl=yes: true, false and noverify are known/],
    ['mysql://agi:S3cret@db/courier?ssl=toString', /has ssl=toString/],
    ['mysql://agi:S3cret@db/courier?socketPath=run', /socketPath that does not begin with \//],
  ])('is refused without a word of the password: %s', (url, message) => {
    const error = thrownBy(() => parseDatabaseUrl(url));
    expect(error).toBeInstanceOf(DatabaseUrlError);
    expect(error).toMatchObject({ code: 'DATABASE_URL', message: expect.stringMatching(message) });
    expect(inspectAll(error)).not.toContain('S3cret');
  });

  test('is described without the password', () => {
    expect(describeAddress(parseDatabaseUrl('mysql://agi:secret@db/courier'))).toBe('agi@db:3306/courier');
    expect(describeAddress(parseDatabaseUrl('mysql://agi:x@db/courier?socketPath=/s'))).toBe(
      'agi@/s/courier',
    );
  });
});

describe('opening a directory', () => {
  const database = { poolSize: 1, contactPersonClientColumn: 'client', inHandStates: [1] };

  test.each([['demo:'], [undefined]])('takes the demo database for %p', async (url) => {
    const directory = openDirectory({ ...database, url }, { maxBudgetMs: 1000 });
    expect((await directory.find('79161000011', 1000)).matches).toHaveLength(1);
    await directory.close();
  });

  test('refuses a malformed URL before anything is connected', () => {
    const malformed = { ...database, url: 'mysql://agi@db' };
    expect(() => openDirectory(malformed, { maxBudgetMs: 1000 })).toThrow(DatabaseUrlError);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** All that a logger could find in an error. */
function inspectAll(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), inspectAll(error.cause)].join('\n');
}
