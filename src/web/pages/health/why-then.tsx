import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import type { PageCall } from '../../calls/page-call.ts';
import { langOf, nameOf, partyName } from '../../parts/who.tsx';
import { texts, when } from '../../text/text.ts';
import { LinkTo } from '../journal/call-facts.tsx';

/** What a call itself has kept of the way it went, whatever the database says today. */
export function WhyThen({ id }: { readonly id: string }) {
  const t = texts.value;
  const call = useSignal<PageCall | null>(null);
  useEffect(() => {
    const life = new AbortController();
    call.value = null;
    ask<PageCall>(`/api/calls/${encodeURIComponent(id)}`, { signal: life.signal }).then(
      (found) => {
        call.value = found;
      },
      // What today's data say is there all the same.
      () => undefined,
    );
    return () => life.abort();
  }, [id]);
  if (call.value === null) return null;
  const { startedAt, links, legs } = call.value;
  const named = links.filter(({ how }) => how === 'routed');
  return (
    <div class="part then">
      <h3>
        <a href={`/journal/${encodeURIComponent(id)}`}>
          {t.health.whyThenTitle(when(startedAt, t.missed.at))}
        </a>
      </h3>
      <dl class="facts">
        <dt>{t.health.whyNamed}</dt>
        <dd>
          {named.length === 0
            ? t.health.whyNamedNobody
            : named.map((link) => (
                <div key={`${link.kind} ${link.code}`}>
                  {t.links[link.kind]} <LinkTo link={link} />
                </div>
              ))}
        </dd>
        <dt>{t.health.whyRang}</dt>
        <dd>
          {legs.length === 0
            ? t.health.whyRangNobody
            : legs.map(({ party, outcome }, index) => (
                <div key={index}>
                  <span dir="auto" lang={langOf(nameOf(party))}>
                    {partyName(party, nameOf(party))}
                  </span>
                  {outcome !== null && <span class="muted">, {t.legOutcomes[outcome]}</span>}
                </div>
              ))}
        </dd>
      </dl>
    </div>
  );
}
