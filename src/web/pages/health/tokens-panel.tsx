import { ask } from '../../api.ts';
import { typedIn } from '../../parts/form.ts';
import type { User } from '../../session.ts';
import { formats, texts } from '../../text/text.ts';
import { AccountsPanel, AddDialog, useAccounts, type MadeUp } from './account-parts.tsx';

interface Token {
  readonly name: string;
  readonly role: User['role'];
  readonly createdAt: string;
}

/** Programs that may ask the desk. */
export function TokensPanel() {
  const t = texts.value;
  const tokens = useAccounts(async () => (await ask<{ tokens: Token[] }>('/api/tokens')).tokens);
  const revoke = ({ name }: Token): void => {
    if (!window.confirm(t.health.sureRevoke(name))) return;
    tokens.action.run(async () => {
      await ask(`/api/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' });
      await tokens.load();
    });
  };
  const { name: named, role, created } = t.health.columns;
  return (
    <AccountsPanel
      id="tokens"
      title={t.health.tokens}
      accounts={tokens}
      secretTitle={t.health.tokenShown}
      columns={[named, role, created]}
      row={(token) => (
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
      )}
      dialog={<AddDialog id="token" title={t.health.addToken} accounts={tokens} add={addToken} />}
    />
  );
}

async function addToken(event: SubmitEvent): Promise<MadeUp> {
  const name = typedIn(event, 'name');
  const role = typedIn(event, 'role');
  const { token } = await ask<{ token: string }>('/api/tokens', { method: 'POST', body: { name, role } });
  return { name, value: token };
}
