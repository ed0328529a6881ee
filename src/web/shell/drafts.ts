import { useEffect } from 'preact/hooks';
import { moveDraft, sendDrafts } from '../calls/note-draft.ts';
import { calls } from '../live/known-calls.ts';
import { onHappening } from '../live/live.ts';

/** Sends notes that were half written when the desk went away, whichever page is open. */
export function useLeftDrafts(): void {
  useEffect(() => {
    void sendDrafts();
    return onHappening((what) => {
      if (what.name === 'joined') {
        const into = calls.peek().get(what.into);
        moveDraft(what, { id: what.into, note: into?.note ?? null });
      }
      if (what.name === 'joined' || what.name === 'reloaded') void sendDrafts();
    });
  }, []);
}
