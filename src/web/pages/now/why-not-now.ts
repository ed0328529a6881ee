import { isLive } from '../../live/live.ts';
import { texts } from '../../text/text.ts';

/** Why nothing can be done with a call now; null when something can. @param isMine whether it is the user's to end and connect */
export function whyNotNow(isMine: boolean): string | null {
  const { act } = texts.value;
  if (!isLive.value) return act.lost;
  return isMine ? null : act.whileTalking;
}
