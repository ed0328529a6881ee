import { isActive, type OwnCall } from '../calls/own-call.ts';
import { outsider, type Me } from '../calls/page-call.ts';
import { langOf, nameOf, partyName } from '../parts/who.tsx';
import { texts } from '../text/text.ts';
import { CardHead } from '../pages/now/card-head.tsx';
import { nameFor } from '../people/people.ts';
import { ownCallsSignal } from './own.ts';

/** The user's own calls on any other page: over the content, which does not move. */
export function Dock({ me }: { readonly me: Me }) {
  const active = ownCallsSignal.value.filter(isActive);
  if (active.length === 0) return null;
  return (
    <aside class="dock" aria-labelledby="dock-h">
      {active.map((own, index) => (
        <DockedCall key={own.call.id} own={own} me={me} isFirst={index === 0} />
      ))}
    </aside>
  );
}

interface DockedCallProps {
  readonly own: OwnCall;
  readonly me: Me;
  readonly isFirst: boolean;
}

function DockedCall({ own, me, isFirst }: DockedCallProps) {
  const t = texts.value;
  const party = outsider(own.call) ?? own.call.from;
  const kind = party.number === null ? null : nameFor(party.number).value.kind;
  return (
    <>
      <CardHead own={own} me={me} {...(isFirst && { headingId: 'dock-h' })} />
      <div class="in">
        <div class="grow">
          <b dir="auto" lang={langOf(nameOf(party))}>
            {partyName(party, nameOf(party))}
          </b>
          {kind !== null && <span class="muted">, {t.kinds[kind].toLowerCase()}</span>}
        </div>
        {isFirst && (
          <a class="btn primary" href="/">
            {t.own.to} <kbd aria-hidden="true">Alt 0</kbd>
          </a>
        )}
      </div>
    </>
  );
}
