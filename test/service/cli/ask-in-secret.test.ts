import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { PasswordError } from '../../../src/accounts/password.ts';
import { askInSecret } from '../../../src/cli/ask-in-secret.ts';

let shown: string;

beforeEach(() => {
  shown = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** What is typed at the terminal. */
function typed(keys: string): PassThrough {
  const terminal = new PassThrough();
  terminal.write(keys);
  return terminal;
}

test('what is typed is not shown', async () => {
  expect(await askInSecret('Password: ', typed('geheim\r'))).toBe('geheim');
  expect(shown).toContain('Password: ');
  expect(shown).not.toContain('geheim');
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s leaves everything as it was, and says so', async (_key, keys) => {
  const asked = askInSecret('Password: ', typed(keys));
  await expect(asked).rejects.toThrow(PasswordError);
  await expect(asked).rejects.toThrow('No password was given: nothing is changed.');
});
