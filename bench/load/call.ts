import { connect } from 'node:net';

const TIMEOUT_MS = 20_000;

/**
 * One FastAGI call, with as little work as it can be done with: what the generator uses of the machine, no
 * server gets. Asterisk's side is played in earnest by `src/simulator`.
 *
 * @returns ROUTE_STATUS; undefined when it was not set
 */
export function call(port: number, number: string, id: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let received = '';
    let status: string | undefined;
    // Half-open: Asterisk still writes its HANGUP after the server's end.
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.setEncoding('latin1');
    socket.once('connect', () => socket.write(environment(port, number, id)));
    socket.on('data', (text: string) => {
      received += text;
      for (let end = received.indexOf('\n'); end !== -1; end = received.indexOf('\n')) {
        const line = received.slice(0, end);
        received = received.slice(end + 1);
        status = /ROUTE_STATUS(?:=|"? "?)([A-Z_]+)/.exec(line)?.[1] ?? status;
        socket.write(line.startsWith('EXEC') ? '200 result=0\n' : '200 result=1\n');
      }
    });
    const settle = (): void => resolve(status);
    socket.once('end', () => {
      // Here the dialplan goes on.
      settle();
      socket.end('HANGUP\n');
    });
    socket.on('error', () => undefined);
    socket.once('close', settle);
  });
}

/** What Asterisk 22 sends, about 500 bytes. */
function environment(port: number, number: string, id: string): string {
  return `agi_network: yes
agi_network_script: route
agi_request: agi://127.0.0.1:${port}/route
agi_channel: PJSIP/gsm-in-${id}
agi_language: ru
agi_type: PJSIP
agi_uniqueid: 1700000000.${id}
agi_version: 22.10.0
agi_callerid: ${number}
agi_calleridname: unknown
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 74951234567
agi_rdnis: unknown
agi_context: from-trunk
agi_extension: 74951234567
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode: 
agi_threadid: 139712345678901

`;
}
