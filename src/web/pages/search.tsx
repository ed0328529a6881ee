import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FoundName } from '../../api/found-name.ts';
import { ask } from '../api.ts';
import { Icon } from '../parts/icon.tsx';
import { useTitle } from '../parts/title.ts';
import { address } from '../router.ts';
import { MAX_SEARCHED } from '../shell/search-target.ts';
import { PageHead } from '../shell/page-head.tsx';
import { texts } from '../text/text.ts';

/** Whom a name belongs to, and from there their calls; of a recipient the shipment. */
export function SearchPage() {
  const t = texts.value;
  useTitle(t.search.title);
  const text = address.value.searchParams.get('text')?.slice(0, MAX_SEARCHED) ?? '';
  /** Null until it is known. */
  const found = useSignal<readonly FoundName[] | 'away' | null>(null);
  useEffect(() => {
    const life = new AbortController();
    found.value = null;
    ask<{ found: FoundName[] }>(`/api/search?text=${encodeURIComponent(text)}`, { signal: life.signal }).then(
      (answer) => {
        found.value = answer.found;
      },
      () => {
        if (!life.signal.aborted) found.value = 'away';
      },
    );
    return () => life.abort();
  }, [text]);
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.search.title} />
      <div class="body">
        <section class="panel" aria-labelledby="searched">
          <header>
            <h2 id="searched" dir="auto">
              {text}
            </h2>
            {Array.isArray(found.value) && <span class="count">{found.value.length}</span>}
          </header>
          <FoundList found={found.value} />
        </section>
      </div>
    </main>
  );
}

function FoundList({ found }: { readonly found: readonly FoundName[] | 'away' | null }) {
  const t = texts.value;
  if (found === null || found === 'away') return <p class="muted">{found === null ? t.loading : t.away}</p>;
  if (found.length === 0) {
    return (
      <div class="empty">
        <h3>{t.search.none}</h3>
        <p class="muted">{t.search.noneHint}</p>
      </div>
    );
  }
  return (
    <ul class="hits">
      {found.map(({ kind, code, name }) => (
        <li key={`${kind} ${code}`}>
          <a
            class="who"
            href={
              kind === 'recipient'
                ? `/shipments/${encodeURIComponent(code)}`
                : `/journal?kind=${kind}&code=${encodeURIComponent(code)}`
            }
          >
            <Icon name={kind} />
            <span class="t" dir="auto" lang="ru">
              {name}
            </span>
          </a>
          <span class="muted">
            {kind === 'recipient' ? t.search.recipientOf(code) : `${t.kinds[kind]} ${code}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
