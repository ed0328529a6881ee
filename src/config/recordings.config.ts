import { z } from 'zod';
import { patternProblem } from '../recordings/pattern.ts';
import { notEmpty, text, wholeNumber } from './fields.ts';

const filePath = (what: string) => text(`must be the path of a file that holds ${what}`, notEmpty);

/** One, or a list of them. */
function oneOrMore<Item extends z.ZodType>(item: Item, error: string) {
  return z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(item, { error }).min(1, { error }),
  );
}

const pattern = z
  .string({ error: 'must be a pattern such as courier-{uniqueid}.wav' })
  .superRefine((value, context) => {
    const problem = patternProblem(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const SOURCE = /^(\/|(ftp|ftps|sftp):\/\/[^/])/;

const section = z.strictObject({
  source: text('must be a folder, or begin with ftp://, ftps:// or sftp://', (value) =>
    SOURCE.test(value),
  ).default('/var/spool/asterisk/monitor'),
  passwordFile: filePath('the password of the source').optional(),
  hostKey: oneOrMore(
    text('must be the fingerprint of a key as ssh-keygen -l shows it: SHA256:…', (value) =>
      /^SHA256:[A-Za-z0-9+/]{43}$/.test(value),
    ),
    'must be a fingerprint, or a list of them',
  ).optional(),
  keyFile: filePath('the private key to sign in with').optional(),
  caFile: filePath('the certificate of the authority').optional(),
  pattern: oneOrMore(pattern, 'must be a pattern, or a list of them').default(['courier-{uniqueid}.wav']),
  mirror: text('must be the path of a folder', (value) => value.startsWith('/')).default(
    '/var/lib/courier-agi/recordings',
  ),
  keepDays: wholeNumber(1, 36_500).default(180),
});

/** Where recordings come from; without it there are none. */
export const recordingsSection = section
  .refine(({ source, hostKey }) => !source.startsWith('sftp:') || hostKey !== undefined, {
    path: ['hostKey'],
    error: 'must be the fingerprint of the key that an sftp source has: ssh-keygen -l shows it, SHA256:…',
  })
  .optional();
