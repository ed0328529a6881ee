import type { Party } from '../../calls/call.ts';
import { isNobody, rawName } from '../calls/page-call.ts';
import { nameFor } from '../people/people.ts';
import type { PersonKind } from '../people/person.ts';
import { phone } from '../text/formats.ts';
import { texts } from '../text/text.ts';
import { Icon, type IconName } from './icon.tsx';

export type WhoKind = PersonKind | 'operator' | 'unknown' | 'line';

/** The icon has its kind's name. */
const ICONS: Record<WhoKind, IconName> = {
  courier: 'courier',
  recipient: 'recipient',
  contact: 'contact',
  client: 'client',
  operator: 'operator',
  unknown: 'unknown',
  line: 'line',
};

interface WhoProps {
  readonly party: Party;
  /** Whether it is a number of the company's. */
  readonly isOurs?: boolean;
  /** Stands for a colleague whom the desk does not name. Default: the words for a withheld number. */
  readonly unnamed?: string;
}

/** A party of a call in a row: the icon tells the kind, the name is looked up, a number stands until it is known. */
export function Who({ party, isOurs = false, unnamed }: WhoProps) {
  if (isOurs) return <Named kind="line" name={phone(party.number ?? party.raw)} />;
  if (party.extension !== null || party.user !== null) {
    return (
      <Named kind="operator" name={party.user ?? ''} beside={party.extension ?? phone(party.number ?? '')} />
    );
  }
  if (party.number === null) {
    const raw = rawName(party.raw);
    return (
      <Named
        kind={raw === null && unnamed !== undefined ? 'operator' : 'unknown'}
        name={raw ?? unnamed ?? texts.value.hidden}
      />
    );
  }
  return <Outsider number={party.number} />;
}

export function Outsider({ number }: { readonly number: string }) {
  const { kind, name: own, company } = nameFor(number).value;
  const name = own ?? (kind === 'client' ? company : null);
  const beside = kind === 'contact' ? (company ?? undefined) : undefined;
  return (
    <Named
      kind={kind}
      name={name ?? phone(number)}
      beside={beside}
      isNumber={name === null}
      lang={langOf(name)}
    />
  );
}

interface NamedProps {
  readonly kind: WhoKind;
  readonly name: string;
  readonly beside?: string | undefined;
  /** Numbers are never cut. */
  readonly isNumber?: boolean;
  /** Of the name, where it is another one than that of the page. */
  readonly lang?: string | undefined;
}

/** Names and companies come from the database and are Russian, in whichever language the page is. A number has no language. */
export function langOf(name: string | null): 'ru' | undefined {
  return name === null ? undefined : 'ru';
}

function Named({ kind, name, beside, isNumber = false, lang }: NamedProps) {
  const t = texts.value;
  return (
    <span class="who">
      <Icon name={ICONS[kind]} />
      <span class="vh">{t.kinds[kind]} </span>
      <span class={isNumber ? 'n' : 't'} dir="auto" lang={lang} title={isNumber ? undefined : name}>
        {name}
        {beside !== undefined && beside !== '' && (
          <>
            {name === '' ? '' : ' '}
            <i>{beside}</i>
          </>
        )}
      </span>
    </span>
  );
}

/** The same as plain text, for sentences. @param name what is known of an outsider's name */
export function partyName(party: Party, name: string | null = null): string {
  if (party.extension !== null || party.user !== null) {
    const { user, extension } = party;
    return user !== null && extension !== null ? `${user} (${extension})` : (user ?? extension ?? '');
  }
  return name ?? (party.number === null ? (rawName(party.raw) ?? texts.value.hidden) : phone(party.number));
}

/** Of an outsider as looked up; null while it is not known, or there is none. */
export function nameOf(party: Party): string | null {
  return party.number === null || party.extension !== null || party.user !== null
    ? null
    : nameOfNumber(party.number);
}

/** Of a person, or of a company that calls; null while it is not known. */
export function nameOfNumber(number: string): string | null {
  const { kind, name, company } = nameFor(number).value;
  return name ?? (kind === 'client' ? company : null);
}

export function Badge({ kind }: { readonly kind: WhoKind }) {
  return (
    <span class={`badge ${kind}`}>
      <Icon name={ICONS[kind]} />
      {texts.value.kinds[kind]}
    </span>
  );
}

/** Several parties as plain text, in short. @param unnamed stands for those of whom nothing is known */
export function partyNames(parties: readonly Party[], unnamed: string): string {
  const names = parties.map((party) =>
    isNobody(party) ? unnamed : (party.user ?? party.extension ?? partyName(party, nameOf(party))),
  );
  return [...new Set(names)].join(', ');
}
