import { expect, test } from '@jest/globals';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../../../src/directory/directory.ts';
import { parseDatabaseUrl } from '../../../src/directory/mysql/database-url.ts';
import {
  isAnswerOfServer,
  isOfStatement,
  toDirectoryError,
} from '../../../src/directory/mysql/mysql.errors.ts';

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

test('the problem and the advice can be had apart', () => {
  // MySQL's own sentences have a full stop or not.
  const cause = driverError('Access denied.', { code: 'ER_ACCESS_DENIED_ERROR' });
  expect(toDirectoryError(cause, ADDRESS)).toMatchObject({
    code: 'DIRECTORY_UNAVAILABLE',
    problem: 'The database agi@127.0.0.1:3306/courier cannot be asked: Access denied',
    advice: ['ER_ACCESS_DENIED_ERROR', 'PERHAPS_SSL'],
  });
  expect(toDirectoryError(cause, ADDRESS).message).toMatch(/: Access denied\. Check user/);
  expect(toDirectoryError(driverError('no', {}), ADDRESS)).toMatchObject({ advice: [] });
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

test.each([
  ['ER_HOST_IS_BLOCKED', 1129, /FLUSH HOSTS.*max_connect_errors/],
  ['ER_SECURE_TRANSPORT_REQUIRED', 3159, /\?ssl=true/],
  ['ER_TOO_MANY_USER_CONNECTIONS', 1203, /lower database\.poolSize/],
  ['AUTH_SWITCH_PLUGIN_ERROR', undefined, /mysql_native_password or ed25519/],
])('%s comes with advice', (code, errno, advice) => {
  expect(toDirectoryError(driverError('no', { code, errno }), ADDRESS).message).toMatch(advice);
});

test.each([
  ['the table is locked', 1205, true],
  ['the column is gone', 1054, true],
  ['somebody killed it', 1317, true],
  ['the node is out of its cluster', 1047, false],
  ['the server is going down', 1053, false],
  ['a proxy is at a loss', 9001, false],
  ['anything else', 1105, false],
])('a connection is kept only when the statement is to blame: %s', (_what, errno, isKept) => {
  expect(isOfStatement(driverError('no', { errno }))).toBe(isKept);
});

test.each([
  ['a refusal by the server', { errno: 1045 }, true],
  ['a handshake that the server found broken', { errno: 1043 }, false],
  ['a broken line', { errno: -104, code: 'ECONNRESET' }, false],
])('%s is an answer: %j', (_what, fields, isAnswer) => {
  expect(isAnswerOfServer(driverError('no', fields))).toBe(isAnswer);
});
