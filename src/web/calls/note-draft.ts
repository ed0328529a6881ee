import { Refusal } from '../api.ts';
import { mergeNotes, type NoteDraft } from './merge-notes.ts';
import type { PageCall } from './page-call.ts';
import { readNote, writeNote } from './requests.ts';

type CallId = Pick<PageCall, 'id'>;

/** A colleague who writes all the time is met a few times at most. */
const MAX_MERGES = 5;

const PREFIX = 'courier-agi-note-';

/** Drafts on their way, by call. */
const sending = new Map<string, Promise<void>>();

function keyOf({ id }: CallId): string {
  return PREFIX + id;
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
 * Sends the draft. A note that a colleague has written meanwhile is kept, and the draft put below it. Drafts of a call
 * go one at a time: the second one would take for a colleague's what the first one has just written.
 *
 * @param onMerged what the draft is then. Default: nothing
 * @throws {Refusal} the draft is still there
 */
export function sendDraft(call: CallId, onMerged: (text: string) => void = () => undefined): Promise<void> {
  const before = sending.get(call.id) ?? Promise.resolve();
  const sent = before
    .catch(() => undefined)
    .then(async () => sendNow(call, onMerged))
    .finally(() => {
      if (sending.get(call.id) === sent) sending.delete(call.id);
    });
  sending.set(call.id, sent);
  return sent;
}

async function sendNow(call: CallId, onMerged: (text: string) => void): Promise<void> {
  for (let merges = 0; ; merges++) {
    const draft = readDraft(call);
    if (draft === null) return;
    const note = draft.text.trim();
    try {
      await writeNote(call, note, draft.before);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'other_note' || merges >= MAX_MERGES) throw error;
      const theirs = await readNote(call);
      const typed = readDraft(call) ?? draft;
      const merged = mergeNotes(theirs, typed);
      keep(call, merged);
      if (merged.text !== typed.text) onMerged(merged.text);
      continue;
    }
    const typedSince = readDraft(call);
    if (typedSince === null || typedSince.text === draft.text) sessionStorage.removeItem(keyOf(call));
    else keep(call, { text: typedSince.text, before: note });
    return;
  }
}

/** Drafts of calls whose fields are closed: the desk was away. Those that it does not take stay. */
export async function sendDrafts(): Promise<void> {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of keys) await sendDraft({ id: key.slice(PREFIX.length) }).catch(() => undefined);
}

/** A call turned out to be a part of another one: what is half written belongs to that. */
export function moveDraft(gone: CallId, into: Pick<PageCall, 'id' | 'note'>): void {
  const draft = readDraft(gone);
  if (draft === null) return;
  sessionStorage.removeItem(keyOf(gone));
  const there = readDraft(into);
  const before = there?.before ?? into.note ?? '';
  keep(into, {
    text: [there?.text ?? into.note ?? '', draft.text].filter((text) => text !== '').join('\n'),
    before,
  });
}

function keep(call: CallId, draft: NoteDraft): void {
  sessionStorage.setItem(keyOf(call), JSON.stringify(draft));
}
