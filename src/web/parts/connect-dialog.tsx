import { useId } from 'preact/hooks';
import { connect } from '../calls/connecting.ts';
import { EXTENSION_PATTERN } from '../calls/extension.ts';
import type { PageCall } from '../calls/page-call.ts';
import { texts } from '../text/text.ts';
import { Refused, useAction } from './action.tsx';
import { typedIn } from './form.ts';
import { Dialog, DialogButtons } from './dialog.tsx';

interface ConnectDialogProps {
  readonly call: PageCall;
  /** Where the card tells what became of it. */
  readonly place: string;
  readonly onClose: () => void;
}

/** Asks for the colleague with whom the caller is to be connected. */
export function ConnectDialog({ call, place, onClose }: ConnectDialogProps) {
  const t = texts.value;
  const action = useAction();
  const field = useId();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const extension = typedIn(event, 'extension').replaceAll(/\D/g, '');
    action.run(async () => {
      await connect(call, { extension }, place);
      onClose();
    });
  };
  return (
    <Dialog title={t.act.connectTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="in">
          <div class="field">
            <label for={field}>{t.act.connectTo}</label>
            <input
              id={field}
              name="extension"
              inputMode="numeric"
              required
              pattern={EXTENSION_PATTERN}
              title={t.act.connectRule}
              autofocus
              autocomplete="off"
            />
          </div>
          <Refused action={action} />
        </div>
        <footer>
          <span class="grow" />
          <DialogButtons submit={t.act.connectSubmit} action={action} onClose={onClose} />
        </footer>
      </form>
    </Dialog>
  );
}
