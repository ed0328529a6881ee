import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Channel } from '../../src/simulator/channel.ts';
import { startAsterisk, type Asterisk } from '../lab/asterisk.ts';

/** Second-level quoting is what is tried here, so the first level is done right. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;

const MSETS = [
  'A=1,B=2',
  'A=,B=',
  'A=b=c',
  'A,B=2,',
  'A=1, B=2',
  'A="1,2",B=3',
  'A=1\\,2,B=3',
  'A=\\"1\\"',
  'A=1\\\\,B=2',
  'A=\\\\\\\\',
  'A=\\(\\[,B=2',
  'A=(1,B=2',
  'A=f(1,2),B=[3,4]',
  'A="1,B=2',
  'A=${B},C=$[1+1]',
  'A=Анна\\, Пётр',
  'A(1=2,B=3',
  'A\\(1=2,B=5',
  'A=1\\',
  '__A=1,_B=2,___C=3',
  'A=),B=],C=1',
  'A=(],B),C=1',
  'A=1,""',
  'A=x"y"z,B=1',
  Array.from({ length: 101 }, (_one, index) => `V${index}=${index}`).join(','),
];

const LINES = [
  ...MSETS.map((text) => `EXEC MSet ${quoted(text)}`),
  'EXEC Set "A=1,2"',
  'EXEC Set A',
  'exec "mset" A=5',
  'SET VARIABLE A "a b\\"c\\\\d"',
  'SET VARIABLE A a\\ b',
  'SET VARIABLE A ""',
  'SET VARIABLE A b"c d"e',
  'SET VARIABLE A "x\\ny"',
  'SET VARIABLE A "${B}"',
  'SET VARIABLE A "open',
  'SET VARIABLE A a\r',
  'SET VARIABLE A x\ty',
  '  SET   VARIABLE\tA\t1 ',
  'SET VARIABLE A 1 2',
  'SET VARIABLE A',
  `SET VARIABLE A ${'x'.repeat(1500)}`,
  `NOOP ${'w '.repeat(200)}`,
  'NOOP',
  'noop a b',
  'FOO',
  '',
  'SETVARIABLE A 1',
  'GET VARIABLE',
  'GET VARIABLE A B',
  'GET FULL VARIABLE "<${A}${NONE}>"',
  'GET FULL VARIABLE x nobody',
  'EXEC',
  'EXEC Teleport home',
  'EXEC NoOp x',
  'VERBOSE',
  'VERBOSE "x" 3',
  'CHANNEL STATUS',
  'CHANNEL STATUS nobody',
  'ANSWER',
  'CHANNEL STATUS',
  'HANGUP nobody',
];

/** Looked at after each line, and emptied. */
const NAMES = ['A', 'B', ' B', 'C', '_C', 'V97', 'V98', 'V99'];

describe.each([22, 16] as const)('Asterisk %i and the simulator', (version) => {
  let server: Server;
  let asterisk: Asterisk;
  let session: AgiPeer;

  beforeAll(async () => {
    const listening = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    server = listening;
    const connected = new Promise<Socket>((resolve) => listening.once('connection', resolve));
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const dialplan = `[probe]\nexten => s,1,AGI(agi://127.0.0.1:${port}/probe)\n same => n,Hangup()\n`;
    asterisk = await startAsterisk({ version, files: () => ({ 'extensions.conf': dialplan }) });
    await asterisk.rx('channel originate Local/s@probe application Wait 100');
    session = new AgiPeer(await connected);
  }, 120_000);

  afterAll(async () => {
    session?.close();
    server?.close();
    await asterisk?.stop();
  });

  test('answer every line alike and set the same variables', async () => {
    const text = await session.read((received) => received.endsWith('\n\n'));
    const environment = text
      .trim()
      .split('\n')
      .map((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon), line.slice(colon + 2)] as const;
      });
    const model = new Channel(new Map(environment));
    const both = async (line: string): Promise<{ real: string; simulated: string }> => ({
      real: comparable(await session.ask(line)),
      simulated: comparable(model.execute(Buffer.from(line).toString('latin1'))),
    });
    for (const line of LINES) {
      const { real, simulated } = await both(line);
      expect({ line, reply: simulated }).toEqual({ line, reply: real });
      for (const name of NAMES) {
        const value = await both(`GET VARIABLE ${quoted(name)}`);
        expect({ line, name, reply: value.simulated }).toEqual({ line, name, reply: value.real });
        await both(`SET VARIABLE ${quoted(name)} ""`);
      }
    }
  });
});

/** The wording of the manual differs from version to version. */
function comparable(reply: string): string {
  return reply.replace(/^(520-.*\n)[^]*\n(520 .*\n)$/, '$1…\n$2');
}

/** The server's side of one session, in bytes. */
class AgiPeer {
  readonly #socket: Socket;
  #received = '';
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#wake());
    socket.on('end', () => this.#wake());
  }

  /** Waits for what is complete, and takes it. */
  async read(complete: (received: string) => boolean): Promise<string> {
    while (!complete(this.#received)) {
      if (this.#socket.readableEnded) throw new Error(`Asterisk closed after «${this.#received}»`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const text = this.#received;
    this.#received = '';
    return text;
  }

  ask(line: string): Promise<string> {
    this.#socket.write(`${line}\n`);
    return this.read((text) => text.endsWith('\n') && !(text.startsWith('520-') && !/^520 /m.test(text)));
  }

  close(): void {
    this.#socket.end();
  }
}
