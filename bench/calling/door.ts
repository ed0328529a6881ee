import { once } from 'node:events';
import { connect } from 'node:net';

export const DOOR_USER = 'measoft';
export const DOOR_SECRET = 'change-me-door-of-the-bench';

/** The request of the source document, over a connection of its own. @returns what came back */
export async function askDoor(port: number, from: string, to: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8').setNoDelay(true);
  let said = '';
  socket.on('data', (part: string) => (said += part));
  const action = (...lines: readonly string[]): string => [...lines, '', ''].join('\r\n');
  socket.write(
    action('Action: login', `Username: ${DOOR_USER}`, `Secret: ${DOOR_SECRET}`) +
      action(
        'Action: originate',
        `Channel: SIP/trunk/+${from}`,
        'WaitTime: 30',
        'CallerId: 0',
        `Exten: +${to}`,
        'Context: courier',
        'Priority: 1',
      ) +
      action('Action: Logoff'),
  );
  await once(socket, 'close');
  return said;
}
