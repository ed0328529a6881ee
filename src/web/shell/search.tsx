import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { FoundName } from '../../api/found-name.ts';
import { ask } from '../api.ts';
import { Icon } from '../parts/icon.tsx';
import { address, go } from '../router.ts';
import { texts } from '../text/text.ts';
import { codeOrNumber, SEARCHED, searchTarget } from './search-target.ts';

/** How long the desk may think about a code, in ms: then it is taken for a telephone number. */
const PATIENCE_MS = 2000;

/** Where the shipment of a code or a bar code is shown; null when the desk knows none. */
async function shipmentTarget(code: string, life: AbortSignal): Promise<string | null> {
  const signal = AbortSignal.any([life, AbortSignal.timeout(PATIENCE_MS)]);
  const answer = await ask<{ found: FoundName[] }>(`/api/search?text=${code}`, { signal }).catch(() => null);
  // A name may have the digits of a telephone in it: that is no code.
  const isCode = ({ kind, name }: FoundName): boolean => kind === 'recipient' && !name.includes(code);
  const [first, ...others] = answer?.found.filter(isCode) ?? [];
  if (first === undefined) return null;
  return others.length === 0 ? `/shipments/${first.code}` : `/search?text=${code}`;
}

/** One field for a number, or for the code of a shipment: the journal has no second one. */
export function Search() {
  const t = texts.value;
  const text = useSignal('');
  const asking = useRef<AbortController | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    asking.current?.abort();
    const life = new AbortController();
    asking.current = life;
    const target = searchTarget(text.value);
    const code = codeOrNumber(text.value);
    const from = address.peek();
    const shipment = code === null ? null : await shipmentTarget(code, life.signal);
    // Whoever has gone elsewhere meanwhile is left there.
    if (target !== null && !life.signal.aborted && address.peek() === from) go(shipment ?? target);
  };
  return (
    <form role="search" class="find" onSubmit={(event) => void submit(event)}>
      <label class="vh" for="find">
        {t.search.label}
      </label>
      <Icon name="find" />
      <input
        id="find"
        type="search"
        placeholder={t.search.label}
        autocomplete="off"
        pattern={SEARCHED}
        title={t.search.rule}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
