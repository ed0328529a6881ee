import type { Signal } from '@preact/signals';
import { Icon } from '../../parts/icon.tsx';
import { texts } from '../../text/text.ts';

const ROLES = ['operator', 'supervisor', 'admin'] as const;

export function RoleField({ id }: { readonly id: string }) {
  const t = texts.value;
  return (
    <div class="field">
      <label for={id}>{t.health.columns.role}</label>
      <select id={id} name="role">
        {ROLES.map((role) => (
          <option key={role} value={role}>
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
  readonly shown: Signal<{ name: string; value: string } | null>;
}

/** A password or token that was made up: it is shown this once. */
export function Secret({ title, value, shown }: SecretProps) {
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
