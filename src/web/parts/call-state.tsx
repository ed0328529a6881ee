import type { PageCall } from '../calls/page-call.ts';
import { texts } from '../text/text.ts';
import { Icon, type IconName } from './icon.tsx';

const DIRECTION_ICONS: Record<PageCall['direction'], IconName> = {
  in: 'in',
  out: 'out',
  courier: 'both',
  internal: 'inner',
  test: 'fine',
};

/** What became of a call, or how it stands: icon, word and colour. */
export function CallOutcome({ call }: { readonly call: PageCall }) {
  const t = texts.value;
  const { icon, word, tone } = stateOf(call);
  return (
    <span class={`what ${tone}`}>
      <Icon name={icon} />
      <span class="vh">{t.journal.direction[call.direction]}, </span>
      {word}
      {call.missed && call.calledBackAt !== null && (
        <>
          {' '}
          <Icon name="good" />
          <span class="vh">{t.card.calledBack}</span>
        </>
      )}
    </span>
  );
}

function stateOf(call: PageCall): { icon: IconName; word: string; tone: string } {
  const t = texts.value;
  const icon = DIRECTION_ICONS[call.direction];
  if (call.state === 'ringing') return { icon: 'ring', word: t.live.ringing, tone: '' };
  if (call.state === 'talking') {
    return { icon: call.direction === 'in' ? 'phone' : icon, word: t.live.talking, tone: 'ok' };
  }
  if (call.missed) {
    return { icon: 'missed', word: t.missed.missed, tone: call.calledBackAt === null ? 'bad' : '' };
  }
  return { icon, word: call.outcome === null ? t.live.over : t.outcomes[call.outcome], tone: '' };
}
