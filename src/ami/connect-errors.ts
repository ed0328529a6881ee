import { type CodedError, messageOf, systemCodeOf } from '../util/errors.ts';
import { AmiClosedError, AmiConnectError, AmiTlsError } from './errors.ts';

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'Nobody listens there: does Asterisk run, is `enabled = yes` in manager.conf, is the port right?',
  ENOTFOUND: 'There is no such host.',
  EAI_AGAIN: 'The name server does not answer.',
  EHOSTUNREACH: 'There is no way to that host.',
  ENETUNREACH: 'There is no way to that network.',
  ETIMEDOUT: 'The host does not answer: is a firewall in between?',
};

const TLS_HINTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is signed by itself: give it to the client as authority.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its authority is not known: give its certificate to the client.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its authority is not known: give its certificate to the client.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Its authority is not known: give its certificate to the client.',
  CERT_HAS_EXPIRED: 'The certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is made out to another name.',
};

/** @param secure whether TLS was to be agreed on when it broke */
export function connectError(where: string, secure: boolean, cause: Error): CodedError {
  const code = systemCodeOf(cause) ?? '';
  const hint = HINTS[code];
  if (hint !== undefined) {
    return new AmiConnectError(`No connection to Asterisk at ${where} (${code}). ${hint}`, { cause });
  }
  if (!secure)
    return new AmiConnectError(`No connection to Asterisk at ${where}: ${messageOf(cause)}.`, { cause });
  const tlsHint =
    TLS_HINTS[code] ?? `${messageOf(cause).trim()}. Is it the port of tlsbindaddr in manager.conf?`;
  return new AmiTlsError(`No TLS with Asterisk at ${where} (${code}). ${tlsHint}`, { cause });
}

export function closedEarly(where: string, secure: boolean, greeted: boolean): CodedError {
  if (greeted) return new AmiClosedError(`Asterisk at ${where} closed the connection.`);
  return secure
    ? new AmiTlsError(
        `${where} closed the connection while TLS was agreed on: is it the port of tlsbindaddr?`,
      )
    : new AmiConnectError(
        `${where} closed the connection without a word. Asterisk does so when more sessions than authlimit in ` +
          'manager.conf wait for their login.',
      );
}
