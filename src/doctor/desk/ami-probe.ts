import { connect } from 'node:net';
import { systemCodeOf } from '../../util/errors.ts';

/** What is found at an address where AMI should be, before anybody logs in. */
export type AmiProbe =
  | { readonly state: 'ami' }
  /** Something else; the beginning of what it says. */
  | { readonly state: 'other'; readonly begins: string }
  /** It accepts connections, and nothing comes. */
  | { readonly state: 'silent' }
  /** It accepts a connection and closes it. */
  | { readonly state: 'closed' }
  /** No answer at all: what is sent is thrown away on the way. */
  | { readonly state: 'no answer' }
  /** The system's word for why there is no connection, such as `ECONNREFUSED`. */
  | { readonly state: 'error'; readonly code: string };

export const BANNER = 'Asterisk Call Manager/';
/** Of a banner of somebody else's. */
const MAX_BANNER = 200;

/** Connects, waits for the banner, and leaves. @param timeoutMs for both together */
export function probeAmi(host: string, port: number, timeoutMs: number): Promise<AmiProbe> {
  return new Promise((resolve) => {
    let connected = false;
    let said = '';
    const socket = connect({ host, port });
    const end = (found: AmiProbe): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => end({ state: connected ? 'silent' : 'no answer' }), timeoutMs);
    socket.setEncoding('latin1');
    socket.once('connect', () => {
      connected = true;
    });
    socket.on('data', (text: string) => {
      said = (said + text).slice(0, MAX_BANNER);
      if (said.startsWith(BANNER)) end({ state: 'ami' });
      else if (!BANNER.startsWith(said)) end({ state: 'other', begins: said });
    });
    socket.once('error', (error) => {
      end(connected ? { state: 'closed' } : { state: 'error', code: systemCodeOf(error) ?? error.message });
    });
    socket.once('close', () => end({ state: 'closed' }));
  });
}
