import type { Me } from '../../calls/page-call.ts';
import { liveCalls } from '../../live/live.ts';
import { useTitle } from '../../parts/title.ts';
import { texts } from '../../text/text.ts';

export function Now({ me: _me }: { readonly me: Me }) {
  const t = texts.value;
  useTitle(t.pages.now);
  return (
    <main id="main" tabIndex={-1}>
      <div class="head">
        <h1>{t.pages.now}</h1>
        <p>{t.units.calls(liveCalls.value.length)}</p>
      </div>
      <div class="body" />
    </main>
  );
}
