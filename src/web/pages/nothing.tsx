import { texts } from '../text/text.ts';
import { useTitle } from '../parts/title.ts';

export function Nothing() {
  const t = texts.value;
  useTitle(t.pages.nothing);
  return (
    <main id="main" tabIndex={-1}>
      <div class="head">
        <h1>{t.pages.nothing}</h1>
      </div>
      <div class="body">
        <p>
          <a href="/">{t.pages.now}</a>
        </p>
      </div>
    </main>
  );
}
