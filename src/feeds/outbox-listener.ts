import type { SaveListener } from '../journal/journal.store.ts';
import type { Outbox } from './outbox.ts';

/** Puts down what the journal writes, in the same transaction. */
export function outboxListener(outbox: Outbox): SaveListener {
  return {
    onSaved: (db, calls) => {
      const ended = calls.filter(({ state }) => state === 'ended');
      return outbox.add(
        db,
        ended.map(({ id }) => ({ kind: 'call.ended', call: id, subject: id })),
        Date.now(),
      );
    },
    onJoined: (db, { gone, into }) => outbox.join(db, gone, into),
  };
}
