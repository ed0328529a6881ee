import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { isSoundAsleep, isSoundOn, soundsHere, dropSound, takeSound } from '../live/sound.ts';
import { Icon } from '../parts/icon.tsx';
import type { User } from '../session.ts';
import { slashSearches, theme } from '../settings.ts';
import { chooseLanguage, language, texts } from '../text/text.ts';
import { Leave } from './leave.tsx';
import { PasswordDialog } from './password-dialog.tsx';

const THEMES = ['system', 'light', 'dark'] as const;

/** The user's own settings, and the way out. */
export function Menu({ user }: { readonly user: User }) {
  const t = texts.value;
  const { menu } = t;
  const isChanging = useSignal(false);
  return (
    <>
      <button class="btn quiet" popovertarget="me">
        <Icon name="user" />
        <span class="t">{user.name}</span>{' '}
        <span class="muted">{user.extensions[0] ?? t.roles[user.role]}</span>
        <span class="vh">{menu.label}</span>
      </button>
      <div id="me" popover="auto">
        <div class="field">
          <span class="label" id="l-sound">
            {menu.sound}
          </span>
          <div class="btns" role="group" aria-labelledby="l-sound">
            <label>
              <input
                type="radio"
                name="sound"
                checked={isSoundOn.value && soundsHere.value}
                onChange={() => takeSound('now')}
              />{' '}
              {menu.soundHere}
            </label>
            <label>
              <input type="radio" name="sound" checked={!isSoundOn.value} onChange={dropSound} />{' '}
              {menu.soundOff}
            </label>
          </div>
          {isSoundOn.value && !soundsHere.value && <p class="small muted">{menu.soundElsewhere}</p>}
          {isSoundAsleep.value && <p class="small muted">{menu.soundAsleep}</p>}
        </div>
        <div class="field">
          <span class="label" id="l-theme">
            {menu.theme}
          </span>
          <div class="btns" role="group" aria-labelledby="l-theme">
            {THEMES.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="theme"
                  checked={theme.value === one}
                  onChange={() => {
                    theme.value = one;
                  }}
                />{' '}
                {menu.themes[one]}
              </label>
            ))}
          </div>
        </div>
        <div>
          <label>
            <input
              type="checkbox"
              checked={slashSearches.value}
              onChange={() => {
                slashSearches.value = !slashSearches.value;
              }}
            />{' '}
            {menu.slash}
          </label>
        </div>
        <details>
          <summary>{menu.keys}</summary>
          <dl class="facts">
            {t.keys.map(([key, what]) => (
              <Fragment key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </Fragment>
            ))}
          </dl>
        </details>
        <div class="btns">
          <button
            class="btn quiet"
            lang={language.value === 'ru' ? 'en' : 'ru'}
            onClick={() => chooseLanguage(language.value === 'ru' ? 'en' : 'ru')}
          >
            {language.value === 'ru' ? 'English' : 'Русский'}
          </button>
          {user.canChangePassword && (
            <button
              type="button"
              class="btn quiet"
              onClick={(event) => {
                // Gives the focus back to the head, from where the dialog takes it and where it leaves it.
                event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
                isChanging.value = true;
              }}
            >
              {menu.password}
            </button>
          )}
          {user.canSignOut && <Leave />}
        </div>
      </div>
      {isChanging.value && (
        // Outside of a section the dialog's own head and foot would be landmarks of the page.
        <section>
          <PasswordDialog
            name={user.name}
            onClose={() => {
              isChanging.value = false;
            }}
          />
        </section>
      )}
    </>
  );
}
