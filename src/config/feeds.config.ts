import { z } from 'zod';
import { listOf, notEmpty, oneOf, text } from './fields.ts';

/** Events wait for 60 days; and a timer of Node that is longer than 24 days ends at once. */
const WEEK_MS = 7 * 86_400_000;

const feed = z
  .strictObject({
    url: text('must begin with https:// or http://', isHttpUrl).optional(),
    secretFile: text(
      'must be the path of a file that holds the secret of the signatures',
      notEmpty,
    ).optional(),
    folder: text('must be the path of a folder', notEmpty).optional(),
    every: text(
      'must be a time such as 30s, 5m or 1h, and 168h at most',
      (value) => /^[1-9]\d{0,5}[smh]$/.test(value) && toMs(value) <= WEEK_MS,
    )
      .transform(toMs)
      .optional(),
    encoding: oneOf('utf-8', 'cp1251').optional(),
    on: listOf(oneOf('call.ended', 'survey.answered', 'recording.ready'), 'kinds of events').default([
      'call.ended',
    ]),
  })
  .refine(({ url, folder }) => (url === undefined) !== (folder === undefined), {
    error: 'must have a url or a folder',
  })
  .refine(({ url, secretFile }) => url === undefined || secretFile !== undefined, {
    error: 'must have a secretFile beside its url',
  })
  // What has no effect looks as if it had one.
  .refine(({ url, secretFile }) => url !== undefined || secretFile === undefined, {
    error: 'is for a url: what lies in a folder is not signed',
    path: ['secretFile'],
  })
  .refine(({ url, every }) => url === undefined || every === undefined, {
    error: 'is for a folder: to a url each event goes at once',
    path: ['every'],
  })
  .refine(({ url, encoding }) => url === undefined || encoding === undefined, {
    error: 'is for a folder: what goes to a url is JSON in UTF-8',
    path: ['encoding'],
  })
  .transform(({ every = 300_000, encoding = 'utf-8', ...rest }) => ({ ...rest, every, encoding }));

/** What leaves: to programs at once, or as files of a folder. */
export const feedsSection = z
  .array(feed, { error: 'must be a list of feeds' })
  .refine((all) => new Set(all.map(({ url, folder }) => url ?? folder)).size === all.length, {
    error: 'must give each feed another address',
  })
  .default([]);

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function toMs(value: string): number {
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[value.at(-1) ?? 's'] ?? 1000;
  return Number(value.slice(0, -1)) * unit;
}
