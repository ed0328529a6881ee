/** Symbols of the sprite in index.html, without `i-`. */
export type IconName =
  | 'phone'
  | 'ring'
  | 'over'
  | 'in'
  | 'out'
  | 'both'
  | 'inner'
  | 'to'
  | 'missed'
  | 'none'
  | 'busy'
  | 'hold'
  | 'wait'
  | 'play'
  | 'pause'
  | 'find'
  | 'good'
  | 'fine'
  | 'warn'
  | 'fail'
  | 'todo'
  | 'recipient'
  | 'courier'
  | 'client'
  | 'contact'
  | 'operator'
  | 'unknown'
  | 'line'
  | 'parcel'
  | 'bind'
  | 'note'
  | 'copy'
  | 'close'
  | 'down'
  | 'back'
  | 'print'
  | 'save'
  | 'rec'
  | 'plus'
  | 'user';

/** Always beside a word, visible or hidden: it says nothing to a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}
