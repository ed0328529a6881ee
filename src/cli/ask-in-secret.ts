import { createInterface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';
import { PasswordError } from '../accounts/password.ts';

/**
 * Asks at the terminal. What is typed is not shown.
 *
 * @throws {PasswordError} Ctrl-C or Ctrl-D
 */
export async function askInSecret(question: string, input: Readable = process.stdin): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true });
  try {
    return await new Promise((resolve, reject) => {
      // After an answer this comes to nothing.
      terminal.once('close', () => reject(new PasswordError('No password was given: nothing is changed.')));
      terminal.question('').then(resolve, () => terminal.close());
    });
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
