import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { bindShipment } from '../calls/requests.ts';
import type { PageCall } from '../calls/page-call.ts';
import type { Person } from '../people/person.ts';
import { announce } from '../shell/announce.tsx';
import { texts } from '../text/text.ts';
import { Refused, useAction } from './action.tsx';
import { Dialog, DialogButtons } from './dialog.tsx';

interface BindDialogProps {
  readonly call: PageCall;
  readonly person: Person | null;
  readonly onClose: () => void;
}

/** Asks for the shipment that a call was about. Those of its number are at hand. */
export function BindDialog({ call, person, onClose }: BindDialogProps) {
  const t = texts.value;
  const action = useAction();
  const field = useId();
  const code = useSignal('');
  const own =
    person === null
      ? []
      : [
          ...person.shipments.map((shipment) => ({
            code: shipment.code,
            about: shipment.company,
            isOpen: true,
          })),
          ...person.closed.map((closed) => ({ code: closed, about: null, isOpen: false })),
        ];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const digits = code.value.replaceAll(/\D/g, '');
    if (digits === '') return;
    action.run(async () => {
      await bindShipment(call, Number(digits));
      announce(t.act.bound(digits));
      onClose();
    });
  };
  return (
    <Dialog title={t.act.bindTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <div class="in">
          <div class="field">
            <label for={field}>{t.act.bindLabel}</label>
            <input
              id={field}
              inputMode="numeric"
              required
              pattern="[0-9 ]{1,15}"
              autofocus
              autocomplete="off"
              value={code.value}
              onInput={(event) => {
                code.value = event.currentTarget.value;
              }}
            />
          </div>
          <Refused action={action} />
        </div>
        {own.length > 0 && (
          <ul class="pick">
            {own.map((one) => (
              <li key={one.code}>
                <input
                  type="radio"
                  name="shipment"
                  id={`${field}-${one.code}`}
                  checked={code.value === one.code}
                  onChange={() => {
                    code.value = one.code;
                  }}
                />
                <label for={`${field}-${one.code}`}>
                  {one.code}
                  {one.about !== null && `, ${one.about}`}
                </label>
                <span class="chip">{one.isOpen ? t.shipment.states.open : t.shipment.states.closed}</span>
              </li>
            ))}
          </ul>
        )}
        <footer>
          <span class="small muted">{t.act.bindHint}</span>
          <span class="grow" />
          <DialogButtons submit={t.act.bindSubmit} action={action} onClose={onClose} />
        </footer>
      </form>
    </Dialog>
  );
}
