import { beforeEach, describe, expect, test } from '@jest/globals';
import { Channel } from '../../../src/simulator/channel.ts';

const bytes = (text: string): string => Buffer.from(text).toString('latin1');

describe('Channel', () => {
  let channel: Channel;
  beforeEach(() => {
    channel = new Channel(
      new Map([
        ['agi_channel', 'PJSIP/a-00000001'],
        ['agi_callerid', '79161234567'],
      ]),
    );
    channel.variables.set('OLD', 'a (b)');
    channel.variables.set('EMPTY', '');
  });

  test.each([
    ['NOOP', '200 result=0'],
    ['noop', '200 result=0'],
    ['VERBOSE "text" 3', '200 result=1'],
    ['ANSWER', '200 result=0'],
    ['CHANNEL STATUS', '200 result=4'],
    ['CHANNEL STATUS PJSIP/a-00000001', '200 result=4'],
    ['CHANNEL STATUS PJSIP/b-00000001', '200 result=-1'],
    ['SET VARIABLE A 1', '200 result=1'],
    ['GET VARIABLE OLD', '200 result=1 (a (b))'],
    ['GET VARIABLE EMPTY', '200 result=1 ()'],
    ['GET VARIABLE NONE', '200 result=0'],
    ['GET VARIABLE CHANNEL', '200 result=1 (PJSIP/a-00000001)'],
    ['GET VARIABLE CALLERID(num)', '200 result=1 (79161234567)'],
    ['GET FULL VARIABLE "<${OLD}${NONE}>"', '200 result=1 (<a (b)>)'],
    ['GET FULL VARIABLE ${${WHICH}}', '200 result=1 ()'],
    ['GET FULL VARIABLE x PJSIP/b-00000001', '200 result=0'],
    ['EXEC MSet "A=1,B=2"', '200 result=0'],
    ['exec mset A=1', '200 result=0'],
    ['EXEC Playback beep', '200 result=0'],
    ['EXEC Teleport home', '200 result=-2'],
    ['HANGUP', '200 result=1'],
    ['HANGUP PJSIP/b-00000001', '200 result=-1'],
  ])('answers %p with %p', (line, reply) => {
    expect(channel.execute(line)).toBe(`${reply}\n`);
  });

  test.each(['', 'FOO', 'SET', 'GET VARIABL A', '"NOOP ', 'SETVARIABLE A 1', '200 result=0'])(
    'knows no command %p',
    (line) => {
      expect(channel.execute(line)).toBe('510 Invalid or unknown command\n');
    },
  );

  test.each(['SET VARIABLE A', 'SET VARIABLE A 1 2', 'GET VARIABLE', 'GET VARIABLE A B', 'EXEC', 'VERBOSE'])(
    'shows the usage for %p',
    (line) => {
      const lines = channel.execute(line).split('\n');
      expect(lines[0]).toBe('520-Invalid command syntax.  Proper usage follows:');
      expect(lines.slice(-2)).toEqual(['520 End of proper usage.', '']);
    },
  );

  test('permits on a dead channel what Asterisk permits', () => {
    channel.dead = true;
    expect(channel.execute('ANSWER')).toBe(
      '511 Command Not Permitted on a dead channel or intercept routine\n',
    );
    expect(channel.execute('EXEC MSet A=1')).toBe('200 result=0\n');
    expect(channel.variables.get('A')).toBe('1');
  });

  test('keeps Cyrillic in and out', () => {
    channel.execute(bytes('SET VARIABLE A "Жук"'));
    channel.execute(bytes('EXEC MSet "B=Ёж\\\\, ещё"'));
    expect(channel.variables.get('A')).toBe('Жук');
    expect(channel.variables.get('B')).toBe('Ёж, ещё');
    expect(channel.execute('GET VARIABLE A')).toBe(bytes('200 result=1 (Жук)\n'));
  });

  test('sets an inherited variable under its bare name', () => {
    channel.execute('EXEC MSet "__A=1,_B=2,___C=3"');
    expect(Object.fromEntries(channel.variables)).toMatchObject({ A: '1', B: '2', _C: '3' });
  });

  test('uses the second word of EXEC alone', () => {
    channel.execute('EXEC MSet A=1,B=x y,C=2');
    expect(channel.variables.get('B')).toBe('x');
    expect(channel.variables.has('C')).toBe(false);
  });

  test('stores a value unevaluated and cuts a long one when it is asked for', () => {
    channel.execute(`SET VARIABLE A "\${OLD}"`);
    expect(channel.variables.get('A')).toBe('${OLD}');
    channel.variables.set('LONG', 'x'.repeat(2000));
    expect(channel.execute('GET VARIABLE LONG')).toBe(`200 result=1 (${'x'.repeat(1023)})\n`);
  });

  test('is up after ANSWER', () => {
    channel.execute('EXEC Answer');
    expect(channel.execute('CHANNEL STATUS')).toBe('200 result=6\n');
  });

  test('remembers that the server asked for a hangup', () => {
    expect(channel.execute('EXEC Hangup')).toBe('200 result=-1\n');
    expect(channel.hangupRequested).toBe(true);
  });
});
