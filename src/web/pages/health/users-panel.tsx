import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { ask } from '../../api.ts';
import { typedIn } from '../../parts/form.ts';
import { phone } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';
import { AccountsPanel, AddDialog, useAccounts, type MadeUp } from './account-parts.tsx';
import { EditUserDialog } from './edit-user-dialog.tsx';
import { TelephonesField, telephonesIn, type Account } from './user-fields.tsx';

/** Who may sign in. @param me who looks: nobody removes their own account, or loses their own session with the password */
export function UsersPanel({ me }: { readonly me: string }) {
  const t = texts.value;
  const users = useAccounts(async () => (await ask<{ users: Account[] }>('/api/users')).users);
  // Whose sessions were ended by the last click.
  const ended = useSignal('');
  const edited = useSignal<Account | null>(null);
  const change = (account: Account, path: string, method: 'POST' | 'DELETE'): void => {
    ended.value = '';
    users.action.run(async () => {
      const answer = await ask<{ password: string | null } | undefined>(
        `/api/users/${encodeURIComponent(account.name)}${path}`,
        method === 'POST' ? { method, body: {} } : { method },
      );
      const password = answer?.password ?? null;
      if (password !== null) users.secret.value = { name: account.name, value: password };
      if (path === '/sessions') ended.value = account.name;
      await users.load();
    });
  };
  const { name, role, phones, created } = t.health.columns;
  return (
    <AccountsPanel
      id="users"
      title={t.health.users}
      accounts={users}
      secretTitle={t.health.passwordShown}
      columns={[name, role, phones, created]}
      note={
        <>
          <p role="status" class={ended.value === '' ? 'vh' : 'small muted'}>
            {ended.value !== '' && t.health.sessionsEnded(ended.value)}
          </p>
          {edited.value !== null && (
            <EditUserDialog
              account={edited.value}
              isMe={edited.value.name === me}
              load={users.load}
              onClose={() => {
                edited.value = null;
              }}
            />
          )}
        </>
      }
      row={(account) => (
        <UserRow
          key={account.name}
          account={account}
          isMe={account.name === me}
          change={change}
          edit={() => {
            edited.value = account;
          }}
        />
      )}
      dialog={
        <AddDialog id="user" title={t.health.addUser} accounts={users} add={addUser}>
          <div class="field">
            <label for="user-login">{t.health.login}</label>
            <input id="user-login" name="login" maxLength={100} autocomplete="off" />
          </div>
          <TelephonesField id="user-phones" />
        </AddDialog>
      }
    />
  );
}

interface RowButton {
  readonly word: string;
  /** Why it is off; nothing where it is not. */
  readonly hindrance?: string | undefined;
  readonly onClick: () => void;
}

interface RowProps {
  readonly account: Account;
  readonly isMe: boolean;
  readonly change: (account: Account, path: string, method: 'POST' | 'DELETE') => void;
  readonly edit: () => void;
}

function UserRow({ account, isMe, change, edit }: RowProps) {
  const t = texts.value;
  const { name, login, role, extensions, createdAt } = account;
  const buttons: readonly RowButton[] = [
    { word: t.health.edit, onClick: edit },
    {
      word: t.health.newPassword,
      // The own session would end before the password that was made up is read.
      hindrance: isMe ? t.health.ownPassword : undefined,
      onClick: () => {
        if (window.confirm(t.health.surePassword(name))) change(account, '/password', 'POST');
      },
    },
    {
      word: t.health.endSessions,
      onClick: () => {
        if (!isMe || window.confirm(t.health.sureOwnSessions)) change(account, '/sessions', 'DELETE');
      },
    },
    {
      word: t.health.remove,
      hindrance: isMe ? t.health.ownRemoval : undefined,
      onClick: () => {
        if (window.confirm(t.health.sure(name))) change(account, '', 'DELETE');
      },
    },
  ];
  return (
    <tr>
      <td>
        {name} {login !== null && <span class="muted">{login}</span>}
      </td>
      <td>{t.roles[role]}</td>
      <td>
        {extensions.length === 0 ? (
          <span class="muted">{t.health.noPhones}</span>
        ) : (
          <span class="n">{extensions.map(phone).join(', ')}</span>
        )}
      </td>
      <td>{formats.value.date(createdAt)}</td>
      <td class="end">
        {buttons.map(({ word, hindrance, onClick }) => (
          <Fragment key={word}>
            <button
              type="button"
              class="btn quiet"
              aria-disabled={hindrance !== undefined}
              title={hindrance}
              onClick={hindrance === undefined ? onClick : undefined}
            >
              {word}
              <span class="vh"> {name}</span>
            </button>{' '}
          </Fragment>
        ))}
      </td>
    </tr>
  );
}

async function addUser(event: SubmitEvent): Promise<MadeUp | null> {
  const name = typedIn(event, 'name');
  const login = typedIn(event, 'login');
  const extensions = telephonesIn(event);
  const { password } = await ask<{ password: string | null }>('/api/users', {
    method: 'POST',
    body: { name, role: typedIn(event, 'role'), login: login === '' ? null : login, extensions },
  });
  return password === null ? null : { name, value: password };
}
