import { useSignal, type Signal } from '@preact/signals';
import { Refusal } from '../api.ts';
import { texts } from '../text/text.ts';
import { Icon, type IconName } from './icon.tsx';

export interface Action {
  readonly isBusy: Signal<boolean>;
  /** What the desk refused with, for the user; `''` when it did not. */
  readonly refusal: Signal<string>;
  /** Does it unless it is being done already: a second click is swallowed. */
  readonly run: (work: () => Promise<unknown>) => void;
}

/** Something a button asks the desk for. What is refused is told at the button, and stays until it is closed. */
export function useAction(): Action {
  const isBusy = useSignal(false);
  const refusal = useSignal('');
  const run = (work: () => Promise<unknown>): void => {
    if (isBusy.value) return;
    isBusy.value = true;
    refusal.value = '';
    work()
      .catch((error: unknown) => {
        refusal.value = refusalText(error);
      })
      .finally(() => {
        isBusy.value = false;
      });
  };
  return { isBusy, refusal, run };
}

/** What the user is told of a failure. */
export function refusalText(error: unknown): string {
  const t = texts.value;
  return error instanceof Refusal ? error.message || t.away : t.act.refused;
}

/** What was refused, at its button. */
export function Refused({ action: { refusal } }: { readonly action: Pick<Action, 'refusal'> }) {
  if (refusal.value === '') return null;
  return (
    <Notice
      icon="fail"
      text={refusal.value}
      onClose={() => {
        refusal.value = '';
      }}
    />
  );
}

interface NoticeProps {
  readonly icon: IconName;
  readonly text: string;
  /** @param button the one that closes it */
  readonly onClose: (button: HTMLElement) => void;
}

/** Why something did not work; it stays until it is closed. */
export function Notice({ icon, text, onClose }: NoticeProps) {
  return (
    <div class="refused bad" role="alert">
      <Icon name={icon} />
      <span class="t">{text}</span>
      <button
        type="button"
        class="btn quiet square"
        title={texts.value.close}
        onClick={({ currentTarget }) => onClose(currentTarget)}
      >
        <Icon name="close" />
        <span class="vh">{texts.value.close}</span>
      </button>
    </div>
  );
}
