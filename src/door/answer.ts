import type { ReadAction } from '../ami/action-reader.ts';
import type { Header } from '../ami/action.ts';

/** The words of Asterisk (manager.c). What it does not say, we do not say either: none tells why. */
export const SAID = {
  accepted: 'Authentication accepted',
  loginFailed: 'Authentication failed',
  queued: 'Originate successfully queued',
  failed: 'Originate failed',
  denied: 'Permission denied',
  noAction: 'Missing action in request',
  noAuthType: 'Must specify AuthType',
  noChannel: 'Channel not specified',
  goodbye: 'Thanks for all the fish.',
} as const;

/** @param action whose ActionID is echoed */
export function answer(
  action: ReadAction | null,
  response: 'Success' | 'Error' | 'Goodbye',
  ...headers: readonly Header[]
): string {
  const id = action?.get('ActionID') ?? '';
  const all: readonly Header[] = [
    ['Response', response],
    ...(id === '' ? [] : [['ActionID', id] as const]),
    ...headers,
  ];
  return `${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

export function errorAnswer(action: ReadAction | null, message: string): string {
  return answer(action, 'Error', ['Message', message]);
}
