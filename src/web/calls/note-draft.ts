import { Refusal } from '../api.ts';
import { mergeNotes, type NoteDraft } from './merge-notes.ts';
import type { PageCall } from './page-call.ts';
import { readNote, writeNote } from './requests.ts';

type CallId = Pick<PageCall, 'id'>;

/** A colleague who writes all the time is met a few times at most. */
const MAX_MERGES = 5;

function keyOf({ id }: CallId): string {
  return `courier-agi-note-${id}`;
}

export function readDraft(call: CallId): NoteDraft | null {
  const kept = sessionStorage.getItem(keyOf(call));
  return kept === null ? null : JSON.parse(kept);
}

/** The user has typed. */
export function writeDraft(call: Pick<PageCall, 'id' | 'note'>, text: string): void {
  keep(call, { text, before: readDraft(call)?.before ?? call.note ?? '' });
}

/**
 * Sends the draft. A note that a colleague has written meanwhile is kept, and the draft put below it.
 *
 * @param onMerged what the draft is then
 * @throws {Refusal} the draft is still there
 */
export async function sendDraft(call: PageCall, onMerged: (text: string) => void): Promise<void> {
  for (let merges = 0; ; merges++) {
    const draft = readDraft(call);
    if (draft === null) return;
    const note = draft.text.trim();
    try {
      await writeNote(call, note, draft.before);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'other_note' || merges >= MAX_MERGES) throw error;
      const theirs = await readNote(call);
      const merged = mergeNotes(theirs, readDraft(call) ?? draft);
      keep(call, merged);
      onMerged(merged.text);
      continue;
    }
    const typedSince = readDraft(call);
    if (typedSince === null || typedSince.text === draft.text) sessionStorage.removeItem(keyOf(call));
    else keep(call, { text: typedSince.text, before: note });
    return;
  }
}

function keep(call: CallId, draft: NoteDraft): void {
  sessionStorage.setItem(keyOf(call), JSON.stringify(draft));
}
