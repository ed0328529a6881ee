import { createHash } from 'node:crypto';
import type { Header } from './action.ts';
import type { AmiConnection } from './connection.ts';
import { AmiActionError, AmiLoginError } from './errors.ts';
import type { AmiClientOptions, AmiTiming } from './options.ts';

type LoginOptions = Pick<AmiClientOptions, 'username' | 'secret' | 'login' | 'events' | 'filters'>;

/**
 * Logs in, with the wanted classes of events and filters.
 *
 * @throws {AmiLoginError} Asterisk refuses it
 * @throws {AmiRightsError} it refuses a filter
 */
export async function logIn(
  connection: AmiConnection,
  options: LoginOptions,
  { loginMs, actionMs }: AmiTiming,
): Promise<void> {
  const events: Header = ['Events', options.events.length === 0 ? 'off' : options.events.join(',')];
  try {
    const proof = await proofOf(connection, options, loginMs);
    await connection.action('Login', [...proof, ['Username', options.username], events], loginMs);
  } catch (error) {
    throw error instanceof AmiActionError ? refused(connection.where, options.username, error) : error;
  }
  for (const filter of options.filters ?? []) {
    await connection.action(
      'Filter',
      [
        ['Operation', 'Add'],
        ['Filter', filter],
      ],
      actionMs,
    );
  }
}

async function proofOf(
  connection: AmiConnection,
  { secret, login = 'md5' }: LoginOptions,
  timeoutMs: number,
): Promise<readonly Header[]> {
  const known = typeof secret === 'string' ? secret : secret();
  if (login === 'plain') return [['Secret', known]];
  const answer = await connection.action('Challenge', [['AuthType', 'MD5']], timeoutMs);
  const key = createHash('md5')
    .update(`${answer.get('Challenge') ?? ''}${known}`)
    .digest('hex');
  return [
    ['AuthType', 'MD5'],
    ['Key', key],
  ];
}

function refused(where: string, username: string, cause: AmiActionError): AmiLoginError {
  const text = cause.message.includes('Login Already In Use')
    ? 'the user is logged in already and manager.conf has allowmultiplelogin = no. Set it to yes, or give this client ' +
      'a user of its own.'
    : 'the user or the secret is wrong, or permit, deny or acl of manager.conf shut this address out. Asterisk does ' +
      `not say which; its log does. It answered: ${cause.message}`;
  return new AmiLoginError(`Asterisk at ${where} refuses the login of ${JSON.stringify(username)}: ${text}`, {
    cause,
  });
}
