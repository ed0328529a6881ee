import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { signEd25519 } from '../../../src/directory/mysql/ed25519-login.ts';
import { runs } from '../../lab/fuzz.ts';

/** In front of the 32 bytes of a secret key. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

test('with a password as long as a secret key it is the Ed25519 that Node has', () => {
  const secretKey = fc.string({ unit: 'grapheme-ascii', minLength: 32, maxLength: 32 });
  const scramble = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(secretKey, scramble, (password, bytes) => {
      const key = createPrivateKey({
        key: Buffer.concat([PKCS8, Buffer.from(password)]),
        format: 'der',
        type: 'pkcs8',
      });
      expect(signEd25519(password, bytes)).toEqual(sign(null, bytes, key));
    }),
    runs(0.0125),
  );
});

test('leaves out what follows the bytes to sign', () => {
  const bytes = Buffer.alloc(32, 7);
  expect(signEd25519('agi', Buffer.concat([bytes, Buffer.alloc(1)]))).toEqual(signEd25519('agi', bytes));
});
