import { useSignal, type Signal } from '@preact/signals';
import { callNumber, hangUp } from '../../calls/requests.ts';
import { isActive, isMine, type OwnCall } from '../../calls/own-call.ts';
import { outsider, type Me } from '../../calls/page-call.ts';
import { isCallLive, isLive } from '../../live/liveness.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { BindDialog } from '../../parts/bind-dialog.tsx';
import { ConnectDialog } from '../../parts/connect-dialog.tsx';
import type { Person } from '../../people/person.ts';
import { texts } from '../../text/text.ts';
import { ConnectionStatus } from './connection.tsx';
import { whyNotNow } from './why-not-now.ts';

/** The place of the card that connects with colleagues. */
const COLLEAGUE = 'colleague';

interface ActionsProps {
  readonly own: OwnCall;
  readonly me: Me;
  readonly number: string | null;
  readonly person: Person | null;
  readonly isNoting: Signal<boolean>;
}

/** What can be done with the call. A place never changes its meaning: what does not go now is shown as such. */
export function CardActions({ own, me, number, person, isNoting }: ActionsProps) {
  const t = texts.value;
  const { call } = own;
  const open = useSignal<'connect' | 'bind' | null>(null);
  const calling = useAction();
  const ending = useAction();
  const active = isActive(own);
  const mine = isMine(own, me);
  const hindrance = whyNotNow(call, mine);
  const whyNotConnect = call.direction === 'in' ? hindrance : t.act.onlyInbound;
  const canCallBack = isLive.value && !active && number !== null && me.extensions.length > 0;
  return (
    <div class="actions" role="group" aria-label={t.card.actions}>
      <button
        type="button"
        class="btn"
        aria-disabled={whyNotConnect !== null}
        title={whyNotConnect ?? undefined}
        onClick={() => {
          if (whyNotConnect === null) open.value = 'connect';
        }}
      >
        {t.act.connect}
      </button>
      <button
        type="button"
        class="btn"
        onClick={() => {
          open.value = 'bind';
        }}
      >
        {t.act.bind}
      </button>
      <button
        type="button"
        class="btn"
        data-open-note
        aria-expanded={isNoting.value}
        onClick={() => {
          isNoting.value = !isNoting.value;
        }}
      >
        {t.act.note}
      </button>
      <button
        type="button"
        class="btn"
        aria-disabled={!canCallBack || calling.isBusy.value}
        title={canCallBack ? undefined : whyNotCallBack(own, me, number)}
        onClick={() => {
          if (canCallBack) calling.run(() => callNumber(number));
        }}
      >
        {t.act.callBack}
      </button>
      <button
        type="button"
        class="btn danger"
        aria-disabled={hindrance !== null || ending.isBusy.value}
        title={hindrance ?? undefined}
        onClick={() => {
          if (hindrance === null) ending.run(() => hangUp(call));
        }}
      >
        {t.act.hangUp}
      </button>
      <ConnectionStatus place={COLLEAGUE} call={call} me={me} />
      <Refused action={calling} />
      <Refused action={ending} />
      {!isCallLive(call) && active && <p class="small">{t.lost.hint}</p>}
      {open.value === 'connect' && (
        <ConnectDialog
          call={call}
          place={COLLEAGUE}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
      {open.value === 'bind' && (
        <BindDialog
          call={call}
          person={person}
          onClose={() => {
            open.value = null;
          }}
        />
      )}
    </div>
  );
}

function whyNotCallBack(own: OwnCall, me: Me, number: string | null): string {
  const { act, hidden } = texts.value;
  if (me.extensions.length === 0) return act.noPhone;
  if (number === null) return outsider(own.call) === null ? act.noNumber : hidden;
  return isLive.value ? act.afterCall : act.lost;
}
