import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { deskTime, now } from '../live/clock.ts';
import { session, signIn } from '../session.ts';
import { asLanguage, chooseLanguage, deskLanguage, language, texts } from '../text/text.ts';
import { typedExactly, typedIn } from '../parts/form.ts';
import { Icon } from '../parts/icon.tsx';
import { useTitle } from '../parts/title.ts';
import { address, go } from '../router.ts';

export function SignIn() {
  const t = texts.value;
  useTitle(t.signIn.title);
  const problem = useSignal(refusalOf(address.value.searchParams.get('error')));
  const isBusy = useSignal(false);
  /** When the next try makes sense, in ms; null while nothing was said about it. */
  const retryAt = useSignal<number | null>(null);
  const hasOpenId = useSignal(false);
  useEffect(() => {
    // Told once: a reload or a sent address does not tell it again.
    if (address.value.searchParams.has('error')) go(address.value.pathname, 'replace');
    ask<{ openId: boolean; language: string }>('/api/sign-in').then(
      ({ openId, language: ofDesk }) => {
        hasOpenId.value = openId;
        deskLanguage.value ??= asLanguage(ofDesk);
      },
      () => undefined,
    );
  }, []);
  const hasEnded = session.value.state === 'out' && session.value.ended;

  const wait = secondsUntil(retryAt.value);
  const told = retryAt.value !== null && wait === 0 ? '' : problem.value;

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy.value || wait > 0) return;
    const [name, password] = [typedIn(event, 'name'), typedExactly(event, 'password')];
    isBusy.value = true;
    problem.value = '';
    retryAt.value = null;
    try {
      await signIn(name, password);
    } catch (refusal) {
      const isKnown = refusal instanceof Refusal;
      problem.value = (isKnown && refusal.message) || t.away;
      if (isKnown && refusal.code === 'too_many_tries' && refusal.retryAfter !== null) {
        problem.value = t.signIn.tooMany;
        retryAt.value = deskTime() + refusal.retryAfter * 1000;
      }
    } finally {
      isBusy.value = false;
    }
  };

  return (
    <main class="door" id="main">
      <section class="panel">
        <form class="in" onSubmit={(event) => void submit(event)}>
          <h1>{t.product}</h1>
          {hasEnded && <p>{t.signIn.ended}</p>}
          <div class="field">
            <label for="name">{t.signIn.name}</label>
            <input
              id="name"
              name="name"
              autocomplete="username"
              autocapitalize="none"
              required
              autofocus
              aria-invalid={told !== ''}
              aria-describedby="problem"
            />
          </div>
          <div class="field">
            <label for="password">{t.signIn.password}</label>
            <input
              id="password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
              aria-invalid={told !== ''}
              aria-describedby="problem"
            />
          </div>
          <div id="problem" role="alert">
            {told !== '' && (
              <p class="what bad">
                <Icon name="fail" />
                {told}
              </p>
            )}
          </div>
          {wait > 0 && <p role="timer">{t.signIn.wait(wait)}</p>}
          <button class="btn primary" aria-disabled={isBusy.value || wait > 0}>
            {t.signIn.submit}
          </button>
          {hasOpenId.value && (
            <a class="btn" href="/api/openid" target="_self">
              {t.signIn.withOpenId}
            </a>
          )}
        </form>
      </section>
      <p class="btns small" role="group" aria-label={t.menu.language}>
        <button
          class="btn quiet"
          lang="ru"
          aria-pressed={language.value === 'ru'}
          onClick={() => chooseLanguage('ru')}
        >
          Русский
        </button>
        <button
          class="btn quiet"
          lang="en"
          aria-pressed={language.value === 'en'}
          onClick={() => chooseLanguage('en')}
        >
          English
        </button>
      </p>
    </main>
  );
}

/** What the way over another sign-in ended with, in words; it stands in the address. `''` for none. */
function refusalOf(code: string | null): string {
  const { refused, refusedElsewhere } = texts.value.signIn;
  if (code === null) return '';
  const known = Object.entries(refused).find(([one]) => one === code);
  return known?.[1] ?? refusedElsewhere;
}

/** Whole seconds, counted down while it is drawn; 0 when it is past. */
function secondsUntil(time: number | null): number {
  if (time === null) return 0;
  void now.value;
  return Math.max(0, Math.ceil((time - deskTime()) / 1000));
}
