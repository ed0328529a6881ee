import { Readable } from 'node:stream';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Client } from '../accounts/client.ts';
import { hasSpoken } from '../calls/has-spoken.ts';
import { contentType, isPlayable } from '../recordings/formats.ts';
import type { RecordingRow } from '../recordings/recordings.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { readRange } from './range.ts';
import { can, may } from './rights.ts';
import { addressOf } from './site.ts';

const sound = createRoute({
  method: 'get',
  path: '/api/recordings/{id}',
  middleware: may('recordings.listen'),
  summary: 'The sound, or a part of it; who listens is written down',
  request: {
    params: z.object({ id: z.string().min(1).max(60) }),
    headers: z.object({ range: z.string().max(100).optional().openapi({ example: 'bytes=0-' }) }),
    query: z.object({
      download: z.literal('1').optional().openapi({ description: 'To be saved, and not played.' }),
    }),
  },
  responses: {
    200: { description: 'The whole sound', content: { 'audio/wav': { schema: z.any() } } },
    206: { description: 'The part that was asked for', content: { 'audio/wav': { schema: z.any() } } },
    ...errorAnswers,
  },
});

const listenings = createRoute({
  method: 'get',
  path: '/api/calls/{id}/listenings',
  middleware: may('recordings.listen-to-all'),
  summary: 'Who has listened to the recordings of a call',
  request: { params: z.object({ id: z.string().min(1).max(200) }) },
  responses: {
    200: {
      description: 'The newest first',
      content: {
        'application/json': {
          schema: z.object({
            listenings: z.array(
              z.object({
                recording: z.string(),
                at: z.string(),
                kind: z.string(),
                name: z.string(),
                role: z.string(),
                address: z.string(),
              }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

/** Recordings over HTTP. */
export function addRecordingRoutes(
  app: OpenAPIHono<ApiContext>,
  { journal, recordings, site, staff }: Pick<DeskApi, 'journal' | 'recordings' | 'site' | 'staff'>,
): void {
  app.openapi(sound, async (c) => {
    const row = await recordings?.find(c.req.valid('param').id);
    const client = c.get('client');
    if (recordings === undefined || row === undefined || !(await mayHear(client, row)))
      throw new ApiError('no_such_recording');
    if (row.state === 'erased') throw new ApiError('recording_erased');
    if (row.state !== 'ready') throw new ApiError('recording_not_ready');
    const opened = await recordings.open(row);
    if (opened === undefined) throw new ApiError('recording_not_ready');
    const { file, bytes } = opened;
    let isHandedOver = false;
    try {
      const range = readRange(c.req.valid('header').range, bytes);
      if (range === 'outside') throw new ApiError('invalid_range');
      const isPart = range !== 'all';
      const [start, end] = isPart ? range : [0, bytes - 1];
      const headers = {
        'accept-ranges': 'bytes',
        'content-type': contentType(row.format ?? ''),
        'content-length': String(end - start + 1),
        'content-disposition': disposition(row, c.req.valid('query').download === '1'),
        ...(row.sha256 !== null && { etag: `"${row.sha256}"` }),
        ...(isPart && { 'content-range': `bytes ${start}-${end}/${bytes}` }),
      };
      const status = isPart ? 206 : 200;
      if (c.req.method === 'HEAD') return c.body(null, status, headers);
      await recordings.noteListening({ ...client, address: addressOf(c, site) }, row);
      const stream = file.createReadStream({ start, end });
      isHandedOver = true;
      // oxlint-disable-next-line no-unsafe-type-assertion -- one kind of stream, under two names
      return c.body(Readable.toWeb(stream) as ReadableStream<Uint8Array>, status, headers);
    } finally {
      if (!isHandedOver) await file.close();
    }
  });

  app.openapi(listenings, async (c) => {
    const rows = (await recordings?.listenings(c.req.valid('param').id)) ?? [];
    return c.json(
      {
        listenings: rows.map(({ recording_id, at, kind, name, role, address }) => ({
          recording: recording_id,
          at: new Date(at).toISOString(),
          kind,
          name,
          role,
          address,
        })),
      },
      200,
    );
  });

  const telephonesOf = (user: string): readonly string[] =>
    staff().find((one) => one.user === user)?.telephones ?? [];

  async function mayHear(client: Client, row: RecordingRow): Promise<boolean> {
    if (can(client, 'recordings.listen-to-all')) return true;
    const call = await journal.store.get(row.call_id);
    return (
      call !== undefined && hasSpoken(client, call, { from: row.from_at, until: row.until_at }, telephonesOf)
    );
  }
}

/** A browser that cannot play it offers to save it. */
function disposition({ id, format, from_at }: RecordingRow, isDownload: boolean): string {
  const ending = format === 'wav49' ? 'wav' : (format ?? 'bin');
  const time = new Date(from_at).toISOString().slice(0, 19).replaceAll(':', '-');
  const kind = isDownload || !isPlayable(format ?? '') ? 'attachment' : 'inline';
  return `${kind}; filename="call-${time}-${id.slice(0, 6).replaceAll(/[^\w]/g, '')}.${ending}"`;
}
