import { useTitle } from '../../parts/title.ts';
import { PageHead } from '../../shell/page-head.tsx';
import type { User } from '../../session.ts';
import { texts } from '../../text/text.ts';
import { PartsPanel, useStatus } from './parts-panel.tsx';
import { TestCallPanel } from './test-call-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { UsersPanel } from './users-panel.tsx';
import { WhyPanel } from './why-panel.tsx';

/** Whether all works, and why a call went where it went. */
export function Health({ user }: { readonly user: User }) {
  const t = texts.value;
  useTitle(t.pages.health);
  const status = useStatus();
  const { parts } = status.value;
  const bad = parts.filter(({ state }) => state === 'bad').length;
  const warning = parts.filter(({ state }) => state === 'warning').length;
  const tone = bad > 0 ? 'bad' : warning > 0 ? 'warn' : 'ok';
  if (user.role === 'operator') {
    return (
      <main id="main" tabIndex={-1}>
        <PageHead title={t.pages.health} />
        <div class="body">
          <p>{t.health.noRight}</p>
        </div>
      </main>
    );
  }
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.health}>
        {parts.length > 0 && (
          <span class={`chip ${tone}`}>
            {bad + warning === 0 ? t.health.allGood : t.health.summary(bad, warning)}
          </span>
        )}
        <span class="grow" />
        <nav class="tabs opt" aria-label={t.pages.health}>
          <a href="#why">{t.health.why}</a>
          <a href="#test">{t.health.test}</a>
          {user.role === 'admin' && (
            <>
              <a href="#users">{t.health.users}</a>
              <a href="#tokens">{t.health.tokens}</a>
            </>
          )}
        </nav>
      </PageHead>
      <div class="body">
        <div class="stack">
          <div class="cols">
            <div class="stack">
              <PartsPanel status={status.value} />
              <WhyPanel />
            </div>
            <div class="stack">
              <TestCallPanel />
            </div>
          </div>
          {user.role === 'admin' && (
            <>
              <UsersPanel me={user.name} />
              <TokensPanel />
            </>
          )}
        </div>
      </div>
    </main>
  );
}
