import { typedIn } from '../../parts/form.ts';
import type { User } from '../../session.ts';
import { texts } from '../../text/text.ts';

export interface Account extends Pick<User, 'name' | 'role' | 'login' | 'extensions'> {
  readonly createdAt: string;
}

interface TelephonesProps {
  readonly id: string;
  readonly telephones?: readonly string[];
}

export function TelephonesField({ id, telephones = [] }: TelephonesProps) {
  const t = texts.value;
  return (
    <div class="field">
      <label for={id}>
        {t.health.columns.phones} <span class="muted">({t.health.phonesHint})</span>
      </label>
      <input
        id={id}
        name="extensions"
        inputMode="tel"
        autocomplete="off"
        defaultValue={telephones.join(', ')}
      />
    </div>
  );
}

/** Digits of what was typed into a `TelephonesField`. */
export function telephonesIn(event: SubmitEvent): string[] {
  return typedIn(event, 'extensions')
    .split(',')
    .map((one) => one.replaceAll(/\D/g, ''))
    .filter((one) => one !== '');
}
