import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import {
  DIRECTIONS,
  filterParams,
  NO_FILTERS,
  OUTCOMES,
  WHENS,
  type Filters,
} from '../../journal/filters.ts';
import { Icon } from '../../parts/icon.tsx';
import { readStaff, staff } from '../../people/staff.ts';
import { address, go } from '../../router.ts';
import { internationalDigits } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';

/** Two digits or more, written as people write them. */
const RULE = String.raw`[\s\(\)+.\-]*(?:\d[\s\(\)+.\-]*){2,15}`;
/** After the last key, in ms. */
const TYPED_MS = 250;

/** The filters of the journal. Each change goes into the address at once. */
export function FilterBar({ filters }: { readonly filters: Filters }) {
  const t = texts.value;
  const set = (change: Partial<Filters>, how: 'push' | 'replace' = 'push'): void => {
    const params = filterParams({ ...filters, ...change }).toString();
    go(`${address.value.pathname}${params === '' ? '' : `?${params}`}`, how);
  };
  const isAny = filterParams(filters).toString() === '';
  return (
    <form class="filters" aria-label={t.journal.filters} onSubmit={(event) => event.preventDefault()}>
      <Choice
        label={t.journal.when}
        values={WHENS}
        value={filters.when}
        name={(one) => t.journal.whens[one]}
        onChange={(when) => set({ when })}
      />
      {filters.when === 'range' && (
        <>
          <Day label={t.journal.from} value={filters.from} onChange={(from) => set({ from })} />
          <Day label={t.journal.until} value={filters.until} onChange={(until) => set({ until })} />
        </>
      )}
      <Choice
        label={t.journal.which}
        values={DIRECTIONS}
        value={filters.direction}
        name={(one) => t.journal.directions[one]}
        onChange={(direction) => set({ direction })}
      />
      <Choice
        label={t.journal.outcome}
        values={OUTCOMES}
        value={filters.outcome}
        name={(one) => t.journal.outcomes[one]}
        onChange={(outcome) => set({ outcome })}
      />
      <Colleague value={filters.user} onChange={(user) => set({ user })} />
      <NumberField value={filters.number} onChange={(number) => set({ number }, 'replace')} />
      {filters.link !== null && (
        <Removable
          text={t.journal.link(t.links[filters.link.kind], filters.link.code)}
          onRemove={() => set({ link: null })}
        />
      )}
      {filters.extension !== '' && (
        <Removable text={filters.extension} onRemove={() => set({ extension: '' })} />
      )}
      {!isAny && (
        <button type="button" class="btn quiet" onClick={() => set(NO_FILTERS)}>
          {t.journal.reset}
        </button>
      )}
    </form>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly name: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, values, value, name, onChange }: ChoiceProps<Value>) {
  return (
    <select
      aria-label={label}
      class={value === values[0] ? undefined : 'set'}
      value={value}
      onChange={(event) => {
        const chosen = values[event.currentTarget.selectedIndex];
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {values.map((one) => (
        <option key={one} value={one} selected={one === value}>
          {name(one)}
        </option>
      ))}
    </select>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) {
  return (
    <label class="check">
      {label} <input type="date" value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** Whoever of the house took part. One whom nobody knows any more can still stand in the address. */
function Colleague({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (user: string) => void;
}) {
  const t = texts.value;
  useEffect(readStaff, []);
  const users = staff.value.map(({ user }) => user);
  const all = value === '' || users.includes(value) ? users : [value, ...users];
  if (all.length === 0) return null;
  return (
    <select
      aria-label={t.journal.colleague}
      class={value === '' ? undefined : 'set'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="" selected={value === ''}>
        {t.journal.anyColleague}
      </option>
      {all.map((user) => (
        <option key={user} value={user} selected={user === value}>
          {user}
        </option>
      ))}
    </select>
  );
}

/** The end of a number: it filters while it is typed. */
function NumberField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (digits: string) => void;
}) {
  const t = texts.value;
  const typed = useSignal(value);
  useEffect(() => {
    typed.value = value;
  }, [value]);
  useEffect(() => {
    const digits = internationalDigits(typed.value);
    if (digits === value || digits.length === 1) return undefined;
    const timer = setTimeout(() => onChange(digits), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <label>
      <span class="vh">{t.journal.number}</span>
      <input
        class={value === '' ? undefined : 'set'}
        inputMode="tel"
        size={18}
        placeholder={t.journal.numberHint}
        pattern={RULE}
        title={t.journal.numberRule}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

function Removable({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) {
  const t = texts.value;
  return (
    <button type="button" class="btn set" onClick={onRemove}>
      {text}
      <Icon name="close" />
      <span class="vh">{t.journal.removeFilter}</span>
    </button>
  );
}
