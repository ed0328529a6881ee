import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { OwnCall, OwnState } from '../calls/own-call.ts';
import { outsider, type Me } from '../calls/page-call.ts';
import { calls } from '../live/live.ts';
import { stateWord } from '../pages/now/card-head.tsx';
import { nameOf, partyName } from '../parts/who.tsx';
import { lookUp } from '../people/people.ts';
import { texts } from '../text/text.ts';
import { announce } from './announce.tsx';
import { me } from './own.ts';
import { newsOf } from './own-news.ts';

/** Says who rings, when it is known, who has answered and that a call is over; the focus never moves by itself. */
export function useAnnouncedCalls(): void {
  const told = useRef<ReadonlyMap<string, OwnState>>(new Map());
  useSignalEffect(() => {
    const news = newsOf(told.current, calls.value, me.value).filter(isReady);
    const kept = [...told.current].filter(([id]) => calls.value.has(id));
    told.current = new Map([...kept, ...news.map(({ call, state }) => [call.id, state] as const)]);
    // Without words what was said before, such as who rings, is taken back: it is not true any more.
    if (news.length > 0) {
      const words = news.map((own) => wordsFor(own, me.value)).filter((text) => text !== '');
      announce(words.join('. '), 'urgent');
    }
  });
}

/** Whoever rings is told by name, as soon as that is looked up. */
function isReady({ call, state }: OwnCall): boolean {
  const { number } = outsider(call) ?? call.from;
  return state !== 'ringing' || number === null || lookUp(number).value.state !== 'asking';
}

/** `''` for what the user does themselves. */
function wordsFor(own: OwnCall, user: Me): string {
  if (own.state === 'calling' || own.state === 'talking') return '';
  if (own.state !== 'ringing') return stateWord(own, user);
  const t = texts.value;
  const party = outsider(own.call) ?? own.call.from;
  const isColleague = party.extension !== null || party.user !== null;
  if (isColleague) return t.own.announce(partyName(party), t.kinds.operator.toLowerCase());
  if (party.number === null) return t.own.announceHidden;
  const { kind } = lookUp(party.number).value.person;
  return t.own.announce(partyName(party, nameOf(party)), t.kinds[kind].toLowerCase());
}
