import { momentsOf, type Moment } from '../../calls/story.ts';
import type { PageCall } from '../../calls/page-call.ts';
import type { Party } from '../../../calls/call.ts';
import { nameOf, partyName } from '../../parts/who.tsx';
import { formats, texts } from '../../text/text.ts';

/** The story in words, with exact times. */
export function StoryList({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  return (
    <ol class="events" aria-label={t.story.events}>
      {momentsOf(call).map((moment, index) => (
        <li key={index}>
          <time dateTime={new Date(moment.at).toISOString()}>{formats.value.exact(moment.at)}</time>
          <span>{sentenceOf(moment, call)}</span>
        </li>
      ))}
      {call.seconds.hold > 0 && call.holds.length === 0 && (
        <li>
          <span />
          <span class="muted">{t.story.held(Math.round(call.seconds.hold))}</span>
        </li>
      )}
    </ol>
  );
}

function sentenceOf(moment: Moment, call: PageCall): string {
  const { story, legOutcomes } = texts.value;
  const name = (party: Party): string => partyName(party, nameOf(party));
  switch (moment.kind) {
    case 'began': {
      const began =
        call.direction === 'in' ? story.began(name(call.to)) : story.beganOut(name(call.from), name(call.to));
      return began + (moment.greeting > 0 ? story.greeting(moment.greeting) : '');
    }
    case 'rings':
      return story.rings(moment.parties.map(name).join(', '));
    case 'legEnded':
      return story.legEnded(name(moment.party), legOutcomes[moment.outcome]);
    case 'answered':
      return story.answered(name(moment.party)) + (moment.waited > 0 ? story.waited(moment.waited) : '');
    case 'passed':
      return story.passed(name(moment.party));
    case 'held':
      return moment.seconds === null
        ? story.holds(name(moment.party))
        : story.heldFor(name(moment.party), moment.seconds);
    case 'consult':
      return story.consult(name(moment.a), name(moment.b));
    case 'ended':
      if (moment.by === null || moment.by === 'system') return story.ended.system;
      return moment.party === null ? story.ended[moment.by] : story.hungUp(name(moment.party));
  }
}
