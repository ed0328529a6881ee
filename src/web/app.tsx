import { openSession, session } from './session.ts';
import { texts } from './text/text.ts';
import { SignIn } from './pages/sign-in.tsx';
import { Shell } from './shell/shell.tsx';

export function App() {
  const t = texts.value;
  switch (session.value.state) {
    case 'asking':
      return <p class="vh">{t.loading}</p>;
    case 'away':
      return (
        <main class="door">
          <section class="panel">
            <div class="in">
              <h1>{t.product}</h1>
              <p role="alert">{t.away}</p>
              <button class="btn" onClick={() => void openSession()}>
                {t.retry}
              </button>
            </div>
          </section>
        </main>
      );
    case 'out':
      return <SignIn />;
    case 'in':
      return <Shell user={session.value.user} />;
  }
}
