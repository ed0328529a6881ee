import { expect, test } from '@jest/globals';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../../../src/directory/directory.ts';
import { parseDatabaseUrl } from '../../../src/directory/mysql/database-url.ts';
import { toDirectoryError } from '../../../src/directory/mysql/mysql.errors.ts';

const ADDRESS = parseDatabaseUrl('mysql://agi:secret@127.0.0.1/courier');

function driverError(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

test.each([
  ['MariaDB', { errno: 1969, code: undefined }],
  ['MySQL', { errno: 3024, code: 'ER_QUERY_TIMEOUT' }],
  ['a lock', { errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT' }],
])('a statement that the server ended for %s is a timeout', (_server, fields) => {
  const error = toDirectoryError(driverError('Query execution was interrupted', fields), ADDRESS);
  expect(error).toBeInstanceOf(DirectoryTimeoutError);
});

test('an error keeps its words, gets advice, and loses the password', () => {
  const cause = driverError("Access denied for 'agi' with secret", { code: 'ER_ACCESS_DENIED_ERROR' });
  const error = toDirectoryError(cause, ADDRESS);
  expect(error).toBeInstanceOf(DirectoryUnavailableError);
  expect(error.message).toBe(
    "The database agi@127.0.0.1:3306/courier cannot be asked: Access denied for 'agi' with ***. Check user and password, and from which hosts this user may connect. If it has REQUIRE SSL, add ?ssl=true to database.url.",
  );
});

test('a password of three letters does not garble what is said', () => {
  const error = toDirectoryError(driverError('Query execution failed', {}), { ...ADDRESS, password: 'x' });
  expect(error.message).toContain('Query execution failed');
});

test('a login without a password is told that none was given', () => {
  const cause = driverError('Access denied', { code: 'ER_ACCESS_DENIED_ERROR' });
  const { message } = toDirectoryError(cause, { ...ADDRESS, password: '' });
  expect(message).toContain('No password was given: name a file that holds it in database.passwordFile');
  expect(toDirectoryError(cause, ADDRESS).message).toContain('Check user and password');
});
