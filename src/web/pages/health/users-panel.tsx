import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { Refused, useAction, type Action } from '../../parts/action.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { typedIn } from '../../parts/form.ts';
import { Icon } from '../../parts/icon.tsx';
import type { User } from '../../session.ts';
import { phone } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';
import { RoleField, Secret } from './account-parts.tsx';

interface Account extends Pick<User, 'name' | 'role' | 'login' | 'extensions'> {
  readonly createdAt: string;
}

/** Who may sign in. @param me one's own account is not taken away by oneself */
export function UsersPanel({ me }: { readonly me: string }) {
  const t = texts.value;
  const users = useSignal<readonly Account[]>([]);
  const isAdding = useSignal(false);
  const secret = useSignal<{ name: string; value: string } | null>(null);
  const action = useAction();
  const load = async (): Promise<void> => {
    users.value = (await ask<{ users: Account[] }>('/api/users')).users;
  };
  useEffect(() => action.run(load), []);
  // Whose sessions were ended by the last click.
  const ended = useSignal('');
  const change = (account: Account, path: string, method: 'POST' | 'DELETE'): void => {
    ended.value = '';
    action.run(async () => {
      const answer = await ask<{ password: string | null } | undefined>(
        `/api/users/${encodeURIComponent(account.name)}${path}`,
        method === 'POST' ? { method, body: {} } : { method },
      );
      const password = answer?.password ?? null;
      if (password !== null) secret.value = { name: account.name, value: password };
      if (path === '/sessions') ended.value = account.name;
      await load();
    });
  };
  return (
    <section class="panel" id="users" aria-labelledby="users-h">
      <header>
        <h2 id="users-h">{t.health.users}</h2>
        <span class="count">{users.value.length}</span>
        <span class="grow" />
        <button
          type="button"
          class="btn"
          onClick={() => {
            isAdding.value = true;
          }}
        >
          <Icon name="plus" />
          {t.health.add}
        </button>
      </header>
      <Refused action={action} />
      <p role="status" class={ended.value === '' ? 'vh' : 'small muted'}>
        {ended.value !== '' && t.health.sessionsEnded(ended.value)}
      </p>
      {secret.value !== null && (
        <Secret title={t.health.passwordShown(secret.value.name)} value={secret.value.value} shown={secret} />
      )}
      <div class="wide" tabIndex={0} role="group" aria-labelledby="users-h">
        <table class="t-users">
          <thead>
            <tr>
              <th>{t.health.columns.name}</th>
              <th>{t.health.columns.role}</th>
              <th>{t.health.columns.phones}</th>
              <th>{t.health.columns.created}</th>
              <th class="end">{t.health.columns.actions}</th>
            </tr>
          </thead>
          <tbody>
            {users.value.map((account) => (
              <tr key={account.name}>
                <td>
                  {account.name} {account.login !== null && <span class="muted">{account.login}</span>}
                </td>
                <td>{t.roles[account.role]}</td>
                <td>
                  {account.extensions.length === 0 ? (
                    <span class="muted">{t.health.noPhones}</span>
                  ) : (
                    <span class="n">{account.extensions.map(phone).join(', ')}</span>
                  )}
                </td>
                <td>{formats.value.date(account.createdAt)}</td>
                <td class="end">
                  <button
                    type="button"
                    class="btn quiet"
                    onClick={() => {
                      if (window.confirm(t.health.surePassword(account.name))) {
                        change(account, '/password', 'POST');
                      }
                    }}
                  >
                    {t.health.newPassword}
                    <span class="vh"> {account.name}</span>
                  </button>{' '}
                  <button
                    type="button"
                    class="btn quiet"
                    onClick={() => change(account, '/sessions', 'DELETE')}
                  >
                    {t.health.endSessions}
                    <span class="vh"> {account.name}</span>
                  </button>{' '}
                  <button
                    type="button"
                    class="btn quiet"
                    aria-disabled={account.name === me}
                    onClick={() => {
                      if (account.name !== me && window.confirm(t.health.sure(account.name))) {
                        change(account, '', 'DELETE');
                      }
                    }}
                  >
                    {t.health.remove}
                    <span class="vh"> {account.name}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isAdding.value && <AddUser isOpen={isAdding} secret={secret} after={load} />}
    </section>
  );
}

interface AddProps {
  readonly isOpen: Signal<boolean>;
  readonly secret: Signal<{ name: string; value: string } | null>;
  readonly after: () => Promise<void>;
}

function AddUser({ isOpen, secret, after }: AddProps) {
  const t = texts.value;
  const action: Action = useAction();
  const close = (): void => {
    isOpen.value = false;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = typedIn(event, 'name');
    const role = typedIn(event, 'role');
    const login = typedIn(event, 'login');
    const extensions = typedIn(event, 'extensions')
      .split(',')
      .map((one) => one.replaceAll(/\D/g, ''))
      .filter((one) => one !== '');
    action.run(async () => {
      const { password } = await ask<{ password: string | null }>('/api/users', {
        method: 'POST',
        body: { name, role, login: login === '' ? null : login, extensions },
      });
      if (password !== null) secret.value = { name, value: password };
      await after();
      close();
    });
  };
  return (
    <Dialog title={t.health.users} onClose={close}>
      <form onSubmit={submit}>
        <div class="in stack">
          <div class="field">
            <label for="user-name">{t.health.columns.name}</label>
            <input id="user-name" name="name" required maxLength={60} autofocus autocomplete="off" />
          </div>
          <RoleField id="user-role" />
          <div class="field">
            <label for="user-login">{t.health.login}</label>
            <input id="user-login" name="login" maxLength={100} autocomplete="off" />
          </div>
          <div class="field">
            <label for="user-phones">
              {t.health.columns.phones} <span class="muted">({t.health.phonesHint})</span>
            </label>
            <input id="user-phones" name="extensions" inputMode="tel" autocomplete="off" />
          </div>
          <Refused action={action} />
        </div>
        <footer>
          <button type="button" class="btn" onClick={close}>
            {t.cancel}
          </button>
          <button class="btn primary" aria-disabled={action.isBusy.value}>
            {t.health.add}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
