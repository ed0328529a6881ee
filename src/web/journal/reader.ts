import { ask, Refusal } from '../api.ts';
import type { PageCall } from '../calls/page-call.ts';
import { deskTime } from '../live/clock.ts';
import type { JournalReader, Page } from './list.ts';
import type { Gap } from './rows.ts';

/** What a list of the journal asks the desk for. */
export const journalReader: JournalReader = {
  time: deskTime,
  page: (query, signal) => ask<Page>(`/api/calls?${query}`, { signal }),
  call: async (id, signal) => {
    try {
      return await ask<PageCall>(`/api/calls/${encodeURIComponent(id)}`, { signal });
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  },
  gaps: async (query, signal) => (await ask<{ gaps: Gap[] }>(`/api/gaps?${query}`, { signal })).gaps,
};
