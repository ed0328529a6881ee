import { useAction } from '../parts/action.tsx';
import { Icon } from '../parts/icon.tsx';
import { signOut } from '../session.ts';
import { texts } from '../text/text.ts';

/** Signs out. Whoever could not be signed out is told so, and stays: the next one at this computer would be them. */
export function Leave() {
  const t = texts.value;
  const leaving = useAction();
  const leave = (): void => leaving.run(signOut);
  return (
    <>
      <button type="button" class="btn quiet" aria-disabled={leaving.isBusy.value} onClick={leave}>
        {t.menu.leave}
      </button>
      {leaving.refusal.value !== '' && (
        <div role="alert">
          <p class="what bad">
            <Icon name="fail" />
            {t.menu.notLeft} {leaving.refusal.value}
          </p>
          <button type="button" class="btn" onClick={leave}>
            {t.retry}
          </button>
        </div>
      )}
    </>
  );
}
