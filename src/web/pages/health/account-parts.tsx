import { useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Refused, useAction, type Action } from '../../parts/action.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { texts } from '../../text/text.ts';

const ROLES = ['operator', 'supervisor', 'admin'] as const;

/** A password or token that was made up for somebody. */
export interface MadeUp {
  readonly name: string;
  readonly value: string;
}

/** Accounts of one kind, users or tokens, and what is being done to them. */
export interface Accounts<Account> {
  readonly list: Signal<readonly Account[]>;
  readonly isAdding: Signal<boolean>;
  readonly secret: Signal<MadeUp | null>;
  readonly action: Action;
  /** Reads the list anew. @throws {Refusal} */
  readonly load: () => Promise<void>;
}

/** @param read asks the desk for the list */
export function useAccounts<Account>(read: () => Promise<readonly Account[]>): Accounts<Account> {
  const list = useSignal<readonly Account[]>([]);
  const isAdding = useSignal(false);
  const secret = useSignal<MadeUp | null>(null);
  const action = useAction();
  const load = async (): Promise<void> => {
    list.value = await read();
  };
  useEffect(() => action.run(load), []);
  return { list, isAdding, secret, action, load };
}

interface PanelProps<Account> {
  readonly id: string;
  readonly title: string;
  readonly accounts: Accounts<Account>;
  /** The words above what was made up. */
  readonly secretTitle: (name: string) => string;
  /** Of the table; that of the buttons comes behind them. */
  readonly columns: readonly string[];
  /** Below the heading. */
  readonly note?: ComponentChildren;
  readonly row: (account: Account) => ComponentChildren;
  /** What asks for a new one. */
  readonly dialog: ComponentChildren;
}

/** The list of the accounts, a button that adds one, and what was made up for the last one, shown this once. */
export function AccountsPanel<Account>(props: PanelProps<Account>) {
  const t = texts.value;
  const { id, title, accounts, secretTitle, columns, note, row, dialog } = props;
  const { list, isAdding, secret, action } = accounts;
  const heading = `${id}-h`;
  return (
    <section class="panel" id={id} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <span class="count">{list.value.length}</span>
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
      {note}
      {secret.value !== null && (
        <Secret title={secretTitle(secret.value.name)} value={secret.value.value} shown={secret} />
      )}
      <div class="wide" tabIndex={0} role="group" aria-labelledby={heading}>
        <table class="t-users">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column}>{column}</th>
              ))}
              <th class="end">{t.health.columns.actions}</th>
            </tr>
          </thead>
          <tbody>{list.value.map(row)}</tbody>
        </table>
      </div>
      {isAdding.value && dialog}
    </section>
  );
}

interface DialogProps<Account> {
  readonly id: string;
  readonly title: string;
  readonly accounts: Accounts<Account>;
  /** Adds it, and tells what was made up for it. @throws {Refusal} */
  readonly add: (event: SubmitEvent) => Promise<MadeUp | null>;
  /** Fields besides name and role. */
  readonly children?: ComponentChildren;
}

/** Asks for a new account. */
export function AddDialog<Account>({ id, title, accounts, add, children }: DialogProps<Account>) {
  const t = texts.value;
  const action = useAction();
  const close = (): void => {
    accounts.isAdding.value = false;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    action.run(async () => {
      const madeUp = await add(event);
      if (madeUp !== null) accounts.secret.value = madeUp;
      await accounts.load();
      close();
    });
  };
  return (
    <Dialog title={title} onClose={close}>
      <form onSubmit={submit}>
        <div class="in stack">
          <div class="field">
            <label for={`${id}-name`}>{t.health.columns.name}</label>
            <input id={`${id}-name`} name="name" required maxLength={60} autofocus autocomplete="off" />
          </div>
          <RoleField id={`${id}-role`} />
          {children}
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

interface RoleProps {
  readonly id: string;
  readonly role?: (typeof ROLES)[number];
  /** Why it cannot be changed; null when it can. */
  readonly hindrance?: string | null;
}

export function RoleField({ id, role: chosen = 'operator', hindrance = null }: RoleProps) {
  const t = texts.value;
  return (
    <div class="field">
      <label for={id}>
        {t.health.columns.role} {hindrance !== null && <span class="muted">({hindrance})</span>}
      </label>
      <select id={id} name="role" disabled={hindrance !== null}>
        {ROLES.map((role) => (
          <option key={role} value={role} selected={role === chosen}>
            {t.roles[role]}
          </option>
        ))}
      </select>
    </div>
  );
}

interface SecretProps {
  readonly title: string;
  readonly value: string;
  readonly shown: Signal<MadeUp | null>;
}

function Secret({ title, value, shown }: SecretProps) {
  const t = texts.value;
  return (
    <div class="note warn" role="status">
      <span class="warn">
        <Icon name="warn" />
      </span>
      <div class="t">
        {title} <code>{value}</code>{' '}
        <button
          type="button"
          class="btn quiet"
          onClick={() => {
            shown.value = null;
          }}
        >
          {t.close}
        </button>
      </div>
    </div>
  );
}
