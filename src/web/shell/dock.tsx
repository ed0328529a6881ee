import { isActive } from '../calls/own-call.ts';
import { outsider, type Me } from '../calls/page-call.ts';
import { nameOf, partyName } from '../parts/who.tsx';
import { texts } from '../text/text.ts';
import { CardHead } from '../pages/now/card-head.tsx';
import { nameFor } from '../people/people.ts';
import { ownCallsSignal } from './own.ts';

/** The user's own call on any other page: over the content, which does not move. */
export function Dock({ me }: { readonly me: Me }) {
  const t = texts.value;
  const own = ownCallsSignal.value.find(isActive);
  if (own === undefined) return null;
  const party = outsider(own.call) ?? own.call.from;
  const kind = party.number === null ? null : nameFor(party.number).value.kind;
  return (
    <aside class="dock" aria-labelledby="dock-h">
      <CardHead own={own} me={me} headingId="dock-h" />
      <div class="in">
        <div class="grow">
          <b dir="auto">{partyName(party, nameOf(party))}</b>
          {kind !== null && <span class="muted">, {t.kinds[kind].toLowerCase()}</span>}
        </div>
        <a class="btn primary" href="/">
          {t.own.to} <kbd aria-hidden="true">Alt 0</kbd>
        </a>
      </div>
    </aside>
  );
}
