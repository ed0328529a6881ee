import type { JournalStore } from '../journal/journal.store.ts';
import type { Subject } from './subject.ts';
import type { Answer, PlacedAnswer, SurveyStore } from './survey.store.ts';

export interface SurveysOptions {
  /** @throws {JournalStoreError} the journal is away */
  readonly journal: () => JournalStore;
  readonly store: SurveyStore;
  /** Whether people may be asked at this time of the day. */
  readonly isOpen: (at: Date) => boolean;
  /** Marks from here downwards are told at once. */
  readonly lowMark: number;
  /** An answer has been written. */
  readonly onAnswer: (answer: Answer, isLow: boolean) => void;
}

/** What people are asked and what they answer, wherever the answers come from. */
export class Surveys {
  readonly #options: SurveysOptions;
  #answers = 0;
  #lowMarks = 0;

  constructor(options: SurveysOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get counters(): { readonly answers: number; readonly lowMarks: number } {
    return { answers: this.#answers, lowMarks: this.#lowMarks };
  }

  /** @returns false at quiet hours, and when they were asked already. @throws {JournalStoreError} */
  async ask({ call, shipment, number }: Subject): Promise<boolean> {
    const { isOpen, store, journal } = this.#options;
    const now = new Date();
    return isOpen(now) && (await store.ask(journal().db, { call, shipment, number }, now.getTime()));
  }

  /** @throws {JournalStoreError} */
  async add(answer: Answer): Promise<void> {
    const { store, journal, lowMark, onAnswer } = this.#options;
    await store.add(journal().db, answer);
    const isLow = answer.value !== null && answer.value <= lowMark;
    this.#answers += 1;
    if (isLow) this.#lowMarks += 1;
    onAnswer(answer, isLow);
  }

  /** @throws {JournalStoreError} */
  async after(
    which: { readonly place: number; readonly shipment?: number | undefined },
    limit: number,
  ): Promise<PlacedAnswer[]> {
    const { store, journal } = this.#options;
    return store.after(journal().db, which, limit);
  }
}
