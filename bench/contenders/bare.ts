import { createServer } from 'node:net';
import { createPool, type RowDataPacket } from 'mysql2';

/*
 * The bare limit: what accepting, the one statement, one command and closing cost in Node when nothing is
 * checked, decided, limited or told. Mysql2's fast interface, this server's statement and pool size, an
 * answer as long as this server's usual one, and the reply is awaited.
 */

const ANSWER =
  'EXEC MSet "ROUTE_CALLER=recipient,ROUTE_TARGET=courier,ROUTE_NUMBER=79160060001,ROUTE_COURIER=102,' +
  'ROUTE_CLIENT=14668,ROUTE_CLIENT_STATE=1,ROUTE_ORDER=145000,ROUTE_SHIPMENT=545000,ROUTE_SOURCE=live,' +
  'ROUTE_AGE=0,ROUTE_DIAL_1=PJSIP/79030000102@trunk,ROUTE_RING=20,ROUTE_COUNT=1,ROUTE_STATUS=OK"\n';

const statement = process.env['BENCH_STATEMENT'] ?? '';
const pool = createPool({
  uri: process.env['BENCH_DATABASE_URL'] ?? '',
  connectionLimit: 10,
  dateStrings: true,
  supportBigNumbers: true,
});

createServer((socket) => {
  let environment = '';
  let answered = false;
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    if (answered) {
      // The reply; HANGUP comes after it.
      if (!socket.writableEnded) socket.end();
      return;
    }
    environment += text;
    if (!environment.endsWith('\n\n')) return;
    answered = true;
    const number = /agi_callerid: \+?(\d+)/.exec(environment)?.[1] ?? '';
    pool.execute<RowDataPacket[]>(statement, [number], (error) => {
      if (error === null) socket.write(ANSWER);
      else socket.destroy();
    });
  });
}).listen({ port: Number(process.env['BENCH_PORT']), host: '127.0.0.1', backlog: 4096 });

// An exit in good order, so that a profile is written.
process.once('SIGTERM', () => process.exit());
