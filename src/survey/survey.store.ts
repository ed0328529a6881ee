import type { Kysely, Selectable } from 'kysely';
import type { Engine } from '../journal/engine.ts';
import type { JournalDatabase, SurveyAnswerTable } from '../journal/tables.ts';

/** An answer of a caller, or a review from elsewhere. */
export type Answer = Omit<Selectable<SurveyAnswerTable>, 'place'>;

export interface PlacedAnswer extends Answer {
  /** Greater than that of every answer before. */
  readonly place: number;
}

/** Whom a survey would ask. */
export interface Asked {
  readonly call: string;
  readonly shipment: number | null;
  /** Of the client, whoever called; null when it is hidden. */
  readonly number: string | null;
}

export interface SurveyStoreOptions {
  readonly engine: Engine;
  /** Takes part in the transaction that writes an answer. */
  readonly onAnswer: (db: Kysely<JournalDatabase>, answer: Answer) => Promise<void>;
}

/** Without a shipment a number is asked once in that time, in ms. */
const AGAIN_MS = 86_400_000;

/** Surveys in the journal's database. */
export class SurveyStore {
  readonly #options: SurveyStoreOptions;

  constructor(options: SurveyStoreOptions) {
    this.#options = options;
  }

  /**
   * Puts down that somebody is asked, once a shipment, or once a day where there is none.
   *
   * @returns false when they were asked already
   */
  async ask(db: Kysely<JournalDatabase>, { call, shipment, number }: Asked, now: number): Promise<boolean> {
    return db.transaction().execute(async (transaction) => {
      const before = transaction.selectFrom('surveys').select('surveys.call_id').limit(1);
      const known =
        shipment !== null
          ? await before.where('shipment', '=', shipment).executeTakeFirst()
          : number === null
            ? undefined
            : await before
                .innerJoin('calls', 'calls.id', 'surveys.call_id')
                // A client whom we have called was asked as well.
                .where((eb) =>
                  eb.or([eb('calls.from_number', '=', number), eb('calls.to_number', '=', number)]),
                )
                .where('asked_at', '>', now - AGAIN_MS)
                .executeTakeFirst();
      if (known !== undefined) return false;
      const insert = transaction.insertInto('surveys').values({ call_id: call, shipment, asked_at: now });
      const { numInsertedOrUpdatedRows: rows } = await (
        this.#options.engine === 'mysql' ? insert.ignore() : insert.orIgnore()
      ).executeTakeFirstOrThrow();
      return Number(rows ?? 0) > 0;
    });
  }

  /** Writes an answer; one with the same id is replaced, and counts as new for those who read what has changed. */
  async add(db: Kysely<JournalDatabase>, answer: Answer): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('survey_answers').where('id', '=', answer.id).execute();
      await transaction.insertInto('survey_answers').values(answer).execute();
      await this.#options.onAnswer(transaction, answer);
    });
  }

  /** What was answered after a place, in that order. */
  async after(
    db: Kysely<JournalDatabase>,
    { place, shipment }: { readonly place: number; readonly shipment?: number | undefined },
    limit: number,
  ): Promise<PlacedAnswer[]> {
    let query = db.selectFrom('survey_answers').selectAll().where('place', '>', place);
    if (shipment !== undefined) query = query.where('shipment', '=', shipment);
    return query.orderBy('place').limit(limit).execute();
  }
}
