import { isCallLive, type OfAsterisk } from '../../live/liveness.ts';
import { texts } from '../../text/text.ts';

/** Why nothing can be done with a call now; null when something can. @param isMine whether it is the user's to end and connect */
export function whyNotNow(call: OfAsterisk, isMine: boolean): string | null {
  const { act } = texts.value;
  if (!isCallLive(call)) return act.lost;
  return isMine ? null : act.whileTalking;
}
