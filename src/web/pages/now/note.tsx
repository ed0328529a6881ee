import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { writeNote } from '../../calls/requests.ts';
import type { PageCall } from '../../calls/page-call.ts';
import { onHappening } from '../../live/live.ts';
import { deskTime } from '../../live/clock.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Icon } from '../../parts/icon.tsx';
import { formats, texts } from '../../text/text.ts';

/** After the last key, in ms. */
const SAVE_MS = 800;

/** A note that saves itself. What is half written outlives a reload, and a desk that is away. */
export function Note({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const id = useId();
  const draftKey = `courier-agi-note-${call.id}`;
  const text = useSignal(sessionStorage.getItem(draftKey) ?? call.note ?? '');
  const savedAt = useSignal<number | null>(null);
  const action = useAction();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const save = (): void => {
    clearTimeout(timer.current);
    const value = text.peek();
    action.run(async () => {
      await writeNote(call, value.trim());
      savedAt.value = deskTime();
      if (text.peek() === value) sessionStorage.removeItem(draftKey);
      else timer.current = setTimeout(save, SAVE_MS);
    });
  };
  useEffect(() => {
    const saveDraft = (): void => {
      if (sessionStorage.getItem(draftKey) !== null) save();
    };
    saveDraft();
    const end = onHappening(({ name }) => {
      if (name === 'reloaded') saveDraft();
    });
    return () => {
      end();
      clearTimeout(timer.current);
      writeDraft(call, draftKey);
    };
  }, [call.id]);

  return (
    <section class="part">
      <div class="field">
        <label for={id}>{t.act.noteLabel}</label>
        <textarea
          id={id}
          rows={2}
          maxLength={2000}
          value={text.value}
          data-note
          onInput={(event) => {
            text.value = event.currentTarget.value;
            savedAt.value = null;
            sessionStorage.setItem(draftKey, text.value);
            clearTimeout(timer.current);
            timer.current = setTimeout(save, SAVE_MS);
          }}
          onBlur={() => {
            if (sessionStorage.getItem(draftKey) !== null) save();
          }}
        />
        <p class="small muted" role="status">
          {savedAt.value !== null ? (
            <>
              <Icon name="good" /> {t.act.noteSaved(formats.value.exact(savedAt.value))}
            </>
          ) : action.isBusy.value ? (
            t.act.noteSaving
          ) : (
            ' '
          )}
        </p>
        <Refused action={action} />
      </div>
    </section>
  );
}

/** Saves the draft when the field is closed. If that fails, the draft stays for the next time. */
function writeDraft(call: PageCall, draftKey: string): void {
  const draft = sessionStorage.getItem(draftKey);
  if (draft === null) return;
  writeNote(call, draft.trim()).then(
    () => {
      if (sessionStorage.getItem(draftKey) === draft) sessionStorage.removeItem(draftKey);
    },
    () => undefined,
  );
}
