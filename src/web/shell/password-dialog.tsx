import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { ask } from '../api.ts';
import { Refused, useAction } from '../parts/action.tsx';
import { Dialog, DialogButtons } from '../parts/dialog.tsx';
import { typedExactly } from '../parts/form.ts';
import { openSession, session } from '../session.ts';
import { texts } from '../text/text.ts';

interface PasswordDialogProps {
  /** With which the user signs in: for the browser's store of passwords. */
  readonly name: string;
  readonly onClose: () => void;
}

/** Asks for another password of one's own. The session goes on; all others of the user end. */
export function PasswordDialog({ name, onClose }: PasswordDialogProps) {
  const t = texts.value;
  const action = useAction();
  const isWrong = useSignal(false);
  const isDone = useSignal(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const [old, wanted] = [typedExactly(event, 'old'), typedExactly(event, 'new')];
    isWrong.value = wanted !== typedExactly(event, 'again');
    if (isWrong.value) return;
    action.run(async () => {
      await ask('/api/session/password', { method: 'POST', body: { old, new: wanted } });
      isDone.value = true;
      // Something else may have been asked for between the end of the old session and the cookie of the new one.
      if (session.value.state !== 'in') await openSession();
    });
  };
  if (isDone.value) {
    return (
      <Dialog title={t.password.title} onClose={onClose}>
        <p class="in" role="status">
          {t.password.done}
        </p>
        <footer>
          <button type="button" class="btn primary" onClick={onClose}>
            {t.close}
          </button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog title={t.password.title} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="in stack">
          <input type="text" autocomplete="username" value={name} readOnly hidden />
          <PasswordField name="old" label={t.password.old} autocomplete="current-password" isFirst />
          <PasswordField name="new" label={t.password.new} hint={t.password.rule} minLength={10} />
          <PasswordField name="again" label={t.password.again} />
          {isWrong.value && (
            <p class="bad" role="alert">
              {t.password.differ}
            </p>
          )}
          <Refused action={action} />
        </div>
        <footer>
          <DialogButtons submit={t.password.submit} action={action} onClose={onClose} />
        </footer>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly autocomplete?: 'current-password' | 'new-password';
  readonly minLength?: number;
  readonly isFirst?: boolean;
}

function PasswordField({
  name,
  label,
  hint,
  autocomplete = 'new-password',
  minLength = 1,
  isFirst = false,
}: FieldProps) {
  const field = useId();
  return (
    <div class="field">
      <label for={field}>
        {label} {hint !== undefined && <span class="muted">({hint})</span>}
      </label>
      <input
        id={field}
        name={name}
        type="password"
        required
        minLength={minLength}
        maxLength={200}
        autocomplete={autocomplete}
        autofocus={isFirst}
      />
    </div>
  );
}
