import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { texts } from '../text/text.ts';
import type { Action } from './action.tsx';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

interface DialogButtonsProps {
  /** What the one does that sends the form. */
  readonly submit: string;
  readonly action: Action;
  readonly onClose: () => void;
}

/** At the end of a form's footer: nothing, or what was asked for. */
export function DialogButtons({ submit, action, onClose }: DialogButtonsProps) {
  return (
    <>
      <button type="button" class="btn" onClick={onClose}>
        {texts.value.cancel}
      </button>
      <button class="btn primary" aria-disabled={action.isBusy.value}>
        {submit}
      </button>
    </>
  );
}

/** Opened while it is drawn. The browser keeps the focus inside, closes it at Esc and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <header>
        <h2 id={heading}>{title}</h2>
        <span class="grow" />
        <button type="button" class="btn quiet square" title={texts.value.close} onClick={onClose}>
          <Icon name="close" />
          <span class="vh">{texts.value.close}</span>
        </button>
      </header>
      {children}
    </dialog>
  );
}
