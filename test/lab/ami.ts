import { createConnection } from 'node:net';
import type { AmiMessage } from '../../src/ami/message.ts';
import { MessageReader } from '../../src/ami/message-reader.ts';

/** What manager.conf needs for `listenToAmi`. */
export function managerConf(port: number): string {
  return `
[general]
enabled = yes
port = ${port}
bindaddr = 127.0.0.1
timestampevents = yes
channelvars = ROUTE_SHIPMENT,ROUTE_COURIER,MIXMONITOR_FILENAME
[lab]
secret = lab
read = system,call,user,agent
write = call,originate,reporting
writetimeout = 5000
`;
}

export interface AmiLine {
  readonly send: (headers: Readonly<Record<string, string>>) => void;
  readonly stop: () => Promise<void>;
}

/** A bare AMI connection of a test's own: every event, in order. */
export async function listenToAmi(port: number, onMessage: (message: AmiMessage) => void): Promise<AmiLine> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const reader = new MessageReader();
  const send: AmiLine['send'] = (headers) => {
    const text = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${text.join('')}\r\n`);
  };
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (bytes) => {
      for (const message of reader.push(bytes)) {
        if ('broken' in message) continue;
        if (message.get('Response') === 'Success') resolve();
        onMessage(message);
      }
    });
    send({ Action: 'Login', Username: 'lab', Secret: 'lab', Events: 'on' });
  });
  return {
    send,
    stop: async () => {
      socket.destroy();
      await Promise.resolve();
    },
  };
}
