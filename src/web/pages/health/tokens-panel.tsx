import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { typedIn } from '../../parts/form.ts';
import { Icon } from '../../parts/icon.tsx';
import type { User } from '../../session.ts';
import { formats, texts } from '../../text/text.ts';
import { RoleField, Secret } from './account-parts.tsx';

interface Token {
  readonly name: string;
  readonly role: User['role'];
  readonly createdAt: string;
}

/** Programs that may ask the desk. */
export function TokensPanel() {
  const t = texts.value;
  const tokens = useSignal<readonly Token[]>([]);
  const isAdding = useSignal(false);
  const secret = useSignal<{ name: string; value: string } | null>(null);
  const action = useAction();
  const adding = useAction();
  const load = async (): Promise<void> => {
    tokens.value = (await ask<{ tokens: Token[] }>('/api/tokens')).tokens;
  };
  useEffect(() => action.run(load), []);
  const close = (): void => {
    isAdding.value = false;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = typedIn(event, 'name');
    const role = typedIn(event, 'role');
    adding.run(async () => {
      const { token } = await ask<{ token: string }>('/api/tokens', {
        method: 'POST',
        body: { name, role },
      });
      secret.value = { name, value: token };
      await load();
      close();
    });
  };
  const revoke = ({ name }: Token): void => {
    if (!window.confirm(t.health.sureRevoke(name))) return;
    action.run(async () => {
      await ask(`/api/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' });
      await load();
    });
  };
  return (
    <section class="panel" id="tokens" aria-labelledby="tokens-h">
      <header>
        <h2 id="tokens-h">{t.health.tokens}</h2>
        <span class="count">{tokens.value.length}</span>
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
      {secret.value !== null && (
        <Secret title={t.health.tokenShown(secret.value.name)} value={secret.value.value} shown={secret} />
      )}
      <div class="wide" tabIndex={0} role="group" aria-labelledby="tokens-h">
        <table class="t-users">
          <thead>
            <tr>
              <th>{t.health.columns.name}</th>
              <th>{t.health.columns.role}</th>
              <th>{t.health.columns.created}</th>
              <th class="end">{t.health.columns.actions}</th>
            </tr>
          </thead>
          <tbody>
            {tokens.value.map((token) => (
              <tr key={token.name}>
                <td>{token.name}</td>
                <td>{t.roles[token.role]}</td>
                <td>{formats.value.date(token.createdAt)}</td>
                <td class="end">
                  <button type="button" class="btn quiet" onClick={() => revoke(token)}>
                    {t.health.revoke}
                    <span class="vh"> {token.name}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isAdding.value && (
        <Dialog title={t.health.tokens} onClose={close}>
          <form onSubmit={submit}>
            <div class="in stack">
              <div class="field">
                <label for="token-name">{t.health.columns.name}</label>
                <input id="token-name" name="name" required maxLength={60} autofocus autocomplete="off" />
              </div>
              <RoleField id="token-role" />
              <Refused action={adding} />
            </div>
            <footer>
              <button type="button" class="btn" onClick={close}>
                {t.cancel}
              </button>
              <button class="btn primary" aria-disabled={adding.isBusy.value}>
                {t.health.add}
              </button>
            </footer>
          </form>
        </Dialog>
      )}
    </section>
  );
}
