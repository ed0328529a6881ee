import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CommandQueue } from '../../../src/agi/command-queue.ts';
import { AgiClosedError, AgiProtocolError } from '../../../src/agi/errors.ts';
import { ReplyAssembler } from '../../../src/agi/reply.ts';
import { CodedError } from '../../../src/util/errors.ts';
import { nasty } from './arbitraries.ts';
import { runs } from '../../lab/fuzz.ts';

const reply = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('200 result=0', '200 result=1', '200 result=-1 endpos=0', 'HANGUP'),
  },
  { weight: 2, arbitrary: nasty.map((value) => `200 result=1 (${value})`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '100 result=0 Trying...',
      '503 result=-2 Memory allocation failure',
      '510 Invalid or unknown command',
      '511 Command Not Permitted on a dead channel or intercept routine',
      '520 Invalid command syntax.  Proper usage not available.',
      '520-Invalid command syntax.  Proper usage follows:',
      '520 End of proper usage.',
    ),
  },
  { weight: 1, arbitrary: nasty },
);

/** Asterisk answers, or a handler asks. */
const step = fc.oneof(
  { weight: 3, arbitrary: reply.map((text) => ({ text })) },
  { weight: 1, arbitrary: fc.record({ ask: nasty }) },
);

test('whatever Asterisk replies, every command settles once, with its own reply or an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const written: string[] = [];
      const queue = new CommandQueue((line) => written.push(line));
      const assembler = new ReplyAssembler(500);
      const outcomes: Promise<unknown>[] = [];
      let inFlight = 0;
      try {
        for (const next of steps) {
          if ('ask' in next) {
            const settled = queue.submit('getVariable', [next.ask], (answer) => answer.text);
            outcomes.push(settled.catch((error: unknown) => error));
            continue;
          }
          for (const line of next.text.split('\n')) {
            const read = assembler.push(line);
            if (read === undefined || read === 'HANGUP') continue;
            queue.accept(read);
            queue.settle();
            inFlight += 1;
            queue.next();
          }
        }
      } catch (error) {
        if (!(error instanceof AgiProtocolError)) throw error;
      }
      queue.rejectAll(() => new AgiClosedError('over'));
      const settled = await Promise.all(outcomes);
      for (const outcome of settled) {
        if (typeof outcome !== 'string') expect(outcome).toBeInstanceOf(CodedError);
      }
      // Never two commands in flight: each but the first was written after a reply to the one before.
      expect(written.length).toBeLessThanOrEqual(inFlight + 1);
      for (const line of written) expect(line.indexOf('\n')).toBe(line.length - 1);
    }),
    runs(0.4),
  );
});
