import type { Kysely, Selectable } from 'kysely';
import type { Recording } from '../calls/call.ts';
import type { JournalDatabase, RecordingTable } from './tables.ts';

/** Calls with what is known of their recordings; where nothing is, what Asterisk announced stands as it is. */
export async function withRecordings<Call extends { readonly id: string }>(
  db: Kysely<JournalDatabase>,
  calls: readonly Call[],
): Promise<Call[]> {
  if (calls.length === 0) return [];
  const rows = await db
    .selectFrom('recordings')
    .selectAll()
    .where(
      'call_id',
      'in',
      calls.map(({ id }) => id),
    )
    .orderBy('from_at')
    .execute();
  const byCall = new Map<string, Recording[]>();
  for (const row of rows) byCall.set(row.call_id, [...(byCall.get(row.call_id) ?? []), toRecording(row)]);
  return calls.map((call) => {
    const recordings = byCall.get(call.id);
    return recordings === undefined ? call : { ...call, recordings };
  });
}

function toRecording({
  id,
  from_at,
  until_at,
  bytes,
  sound_ms,
  state,
}: Selectable<RecordingTable>): Recording {
  return {
    id,
    from: new Date(from_at).toISOString(),
    until: new Date(until_at).toISOString(),
    bytes,
    seconds: sound_ms === null ? null : Math.round(sound_ms / 100) / 10,
    state,
  };
}
