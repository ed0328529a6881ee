import type { Signal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { courierTries, lastTryInVain, ringSeconds, rungBefore } from '../../calls/facts.ts';
import { isActive, isMine, type OwnCall } from '../../calls/own-call.ts';
import { outsider, type Me, type PageCall } from '../../calls/page-call.ts';
import { isCallLive } from '../../live/liveness.ts';
import { Icon } from '../../parts/icon.tsx';
import { Badge, langOf, nameOf, partyName } from '../../parts/who.tsx';
import { lookUp, refresh, type Lookup } from '../../people/people.ts';
import type { Person } from '../../people/person.ts';
import { phone } from '../../text/formats.ts';
import { texts, when } from '../../text/text.ts';
import { announce } from '../../shell/announce.tsx';
import { CardHead } from './card-head.tsx';
import { CardActions } from './card-actions.tsx';
import { LastCalls } from './last-calls.tsx';
import { Note } from './note.tsx';
import { Shipments } from './shipments.tsx';

interface CardProps {
  readonly own: OwnCall;
  readonly me: Me;
  /** Whether a note is being written. */
  readonly isNoting: Signal<boolean>;
}

/** The user's own call, from top to bottom as they need it. */
export function CallCard({ own, me, isNoting }: CardProps) {
  const { call, state } = own;
  const party = outsider(call);
  const number = party?.number ?? null;
  const heading = useId();
  const isOver = call.state === 'ended';
  useEffect(() => {
    if (number !== null) refresh(number);
  }, [call.id, number, isOver]);

  const lookup = number === null ? null : lookUp(number).value;
  const person = lookup?.person ?? null;
  const isShrunk = state === 'elsewhere';
  return (
    <section
      class={isCallLive(call) || !isActive(own) ? 'panel card' : 'panel card stale'}
      aria-labelledby={heading}
      data-call={call.id}
      data-state={state}
    >
      <CardHead own={own} me={me} />
      <Identity call={call} lookup={lookup} heading={heading} />
      {!isShrunk && person !== null && lookup !== null && (
        <>
          <Facts call={call} person={person} />
          {person.kind === 'recipient' && (
            <Shipments
              person={person}
              tries={courierTries(person.calls, person.number)}
              call={call.direction === 'in' ? call : null}
              isOffered={isActive(own)}
              isMine={isMine(own, me)}
              me={me}
            />
          )}
        </>
      )}
      {isNoting.value && <Note key={call.id} call={call} />}
      {!isShrunk && person !== null && lookup?.state === 'known' && (
        <LastCalls
          title={texts.value.card.last}
          calls={person.calls.filter(({ id }) => id !== call.id)}
          href={`/journal?number=${person.number}`}
          shows="us"
        />
      )}
      <CardActions own={own} me={me} number={number} person={person} isNoting={isNoting} />
    </section>
  );
}

interface IdentityProps {
  readonly call: PageCall;
  readonly lookup: Lookup | null;
  readonly heading: string;
}

function Identity({ call, lookup, heading }: IdentityProps) {
  const t = texts.value;
  const party = outsider(call) ?? call.from;
  const person = lookup?.person ?? null;
  const isKnown = person !== null && person.kind !== 'unknown';
  const name = person?.name ?? (person?.kind === 'client' ? person.company : null);
  const isColleague = party.extension !== null || party.user !== null;
  return (
    <div class="id">
      <div class="top">
        <h2 id={heading} dir="auto" lang={langOf(name)}>
          {name ?? <span class={party.number === null ? undefined : 'n'}>{partyName(party)}</span>}
        </h2>
        {party.number !== null && name === null && <CopyButton number={phone(party.number)} />}
        {isColleague ? (
          <Badge kind="operator" />
        ) : (
          (lookup === null || lookup.state === 'known') && <Badge kind={person?.kind ?? 'unknown'} />
        )}
      </div>
      <div class="sub">
        {party.number !== null && name !== null && (
          <>
            <span class="n num">{phone(party.number)}</span>
            <CopyButton number={phone(party.number)} />
          </>
        )}
        {person !== null && person.kind !== 'client' && person.company !== null && (
          <span class="muted" dir="auto" lang="ru">
            {person.company}
          </span>
        )}
        {person !== null && person.manager !== null && (
          <span class="muted" dir="auto">
            {t.card.manager(person.manager)}
          </span>
        )}
        {lookup?.state === 'asking' && <span class="muted">{t.card.lookingUp}</span>}
        {lookup?.state === 'failed' && <span class="warn">{t.card.lookUpFailed}</span>}
        {lookup?.state === 'known' && !isKnown && <span class="muted">{t.card.unknown}</span>}
      </div>
    </div>
  );
}

function CopyButton({ number }: { readonly number: string }) {
  const t = texts.value;
  if (!('clipboard' in navigator)) return null;
  const copy = (): void => {
    void navigator.clipboard.writeText(number).then(
      () => announce(t.card.copied),
      () => undefined,
    );
  };
  return (
    <button type="button" class="btn quiet square" title={t.card.copy} onClick={copy}>
      <Icon name="copy" />
      <span class="vh">{t.card.copy}</span>
    </button>
  );
}

function Facts({ call, person }: { readonly call: PageCall; readonly person: Person }) {
  const t = texts.value;
  const inVain = lastTryInVain(person.calls, person.number, call);
  const rung = rungBefore(call);
  return (
    <>
      {inVain !== null && (
        <div class="note warn">
          <span class="warn">
            <Icon name="warn" />
          </span>
          <div class="t">
            <b>{t.card.triedInVain(when(inVain.startedAt, t.missed.at))}</b>:{' '}
            {partyName(inVain.from, nameOf(inVain.from))},{' '}
            {inVain.outcome === null ? t.live.over : t.outcomes[inVain.outcome]}
            {inVain.seconds.ring > 0 && `, ${t.card.rang(ringSeconds(inVain))}`}
          </div>
        </div>
      )}
      {rung.length > 0 && (
        <div class="note">
          <Icon name="courier" />
          <p class="muted">
            {t.card.firstCouriers}{' '}
            {rung
              .map(({ party, outcome }) => {
                const word = outcome === null ? '' : `, ${t.legOutcomes[outcome]}`;
                return partyName(party, nameOf(party)) + word;
              })
              .join('; ')}
          </p>
        </div>
      )}
      {person.others.length > 0 && (
        <div class="note">
          <Icon name="warn" />
          <div>
            <p>{t.card.several}</p>
            <p class="muted">
              {t.card.alsoKnown}:{' '}
              {person.others
                .map(({ kind, name, code }) => `${t.kinds[kind]} ${name ?? code ?? ''}`.trim())
                .join('; ')}
            </p>
          </div>
        </div>
      )}
    </>
  );
}
