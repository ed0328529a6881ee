import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { readDraft, sendDraft, writeDraft } from '../../calls/note-draft.ts';
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
  const text = useSignal(readDraft(call)?.text ?? call.note ?? '');
  const saved = useSignal<{ readonly at: number; readonly isMerged: boolean } | null>(null);
  const action = useAction();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const save = (): void => {
    clearTimeout(timer.current);
    action.run(async () => {
      let isMerged = false;
      await sendDraft(call, (merged) => {
        isMerged = true;
        text.value = merged;
      });
      saved.value = { at: deskTime(), isMerged };
      // What was typed meanwhile.
      if (readDraft(call) !== null) timer.current = setTimeout(save, SAVE_MS);
    });
  };
  const saveDraft = (): void => {
    if (readDraft(call) !== null) save();
  };
  useEffect(() => {
    saveDraft();
    const end = onHappening(({ name }) => {
      if (name === 'reloaded') saveDraft();
    });
    return () => {
      end();
      clearTimeout(timer.current);
      // If that fails, the draft stays until the desk is back.
      sendDraft(call).catch(() => undefined);
    };
  }, [call.id]);
  // A colleague has written, and nothing is half written here.
  useEffect(() => {
    const note = call.note ?? '';
    if (readDraft(call) === null && text.peek().trim() !== note) text.value = note;
  }, [call.note]);

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
            saved.value = null;
            writeDraft(call, text.value);
            clearTimeout(timer.current);
            timer.current = setTimeout(save, SAVE_MS);
          }}
          onBlur={saveDraft}
        />
        <p class="small muted" role="status">
          {saved.value !== null ? (
            <>
              <Icon name="good" /> {t.act.noteSaved(formats.value.exact(saved.value.at))}
              {saved.value.isMerged && `, ${t.act.noteMerged}`}
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
