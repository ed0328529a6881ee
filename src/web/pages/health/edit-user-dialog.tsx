import { ask } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Dialog, DialogButtons } from '../../parts/dialog.tsx';
import { typedIn } from '../../parts/form.ts';
import { texts } from '../../text/text.ts';
import { RoleField } from './account-parts.tsx';
import { TelephonesField, telephonesIn, type Account } from './user-fields.tsx';

interface EditUserProps {
  readonly account: Account;
  /** Nobody takes their own role away. */
  readonly isMe: boolean;
  /** Reads the list anew. @throws {Refusal} */
  readonly load: () => Promise<void>;
  readonly onClose: () => void;
}

/** Gives a user another role or other telephones, without a new sign-in. */
export function EditUserDialog({ account, isMe, load, onClose }: EditUserProps) {
  const t = texts.value;
  const action = useAction();
  const { name, role, extensions } = account;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const changes = {
      ...(!isMe && { role: typedIn(event, 'role') }),
      extensions: telephonesIn(event),
    };
    action.run(async () => {
      await ask(`/api/users/${encodeURIComponent(name)}`, { method: 'PATCH', body: changes });
      await load();
      onClose();
    });
  };
  return (
    <Dialog title={t.health.editUser(name)} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="in stack">
          <RoleField id="edit-role" role={role} hindrance={isMe ? t.health.ownRole : null} />
          <TelephonesField id="edit-phones" telephones={extensions} />
          <Refused action={action} />
        </div>
        <footer>
          <DialogButtons submit={t.health.save} action={action} onClose={onClose} />
        </footer>
      </form>
    </Dialog>
  );
}
