import { ConfigError, readSecret } from '../config/load.ts';

const BASE64_MARK = 'whsec_';

/**
 * The key of the signatures: the text in the file; one that begins with `whsec_` is base64, as Standard Webhooks has it.
 *
 * @param name the key of the configuration that names the file
 * @throws {ConfigError} it cannot be read, or nothing can be signed with it
 */
export function readSigningKey(file: string, name: string): Buffer {
  const secret = readSecret(file);
  // Signatures with an empty key look right, and anybody can make them.
  if (secret === '') throw new ConfigError(file, [`${name}: holds no secret`]);
  if (!secret.startsWith(BASE64_MARK)) return Buffer.from(secret);
  const base64 = secret.slice(BASE64_MARK.length);
  if (!isBase64(base64)) {
    throw new ConfigError(file, [`${name}: begins with ${BASE64_MARK}, and what follows is no base64`]);
  }
  return Buffer.from(base64, 'base64');
}

/** Of what is none Node leaves out what it does not understand, and says nothing. */
function isBase64(text: string): boolean {
  return /^[\w+/-]{2,}={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
}
