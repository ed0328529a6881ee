/** The statements of a look-up, as this database wants them. */
export interface LookupStatements {
  /** The values of `contacts.VALUE` that mean this number; as many for each number. */
  readonly valuesOf: (number: string) => readonly string[];
  readonly one: LookupStatement;
  /** For several numbers at most; the smaller one first. */
  readonly several: readonly LookupStatement[];
  /** For one number with more rows than `one` reads. */
  readonly crowded: string;
  /** @param main the value that most rows of the number have */
  readonly crowdedParameters: (values: readonly string[], main: string) => string[];
  /** Numbers that have more rows than that, as far as they are known, and the value that most of them have. */
  readonly crowdedNumbers: Map<string, string>;
}

export interface LookupStatement {
  /** Its parameters are the values of its numbers. */
  readonly sql: string;
  readonly numbers: number;
  /** An answer with so many rows may lack some. */
  readonly mostRows: number;
}

/** Before the schema is known. */
export const NO_STATEMENTS: LookupStatements = {
  valuesOf: () => [],
  one: { sql: '', numbers: 1, mostRows: 0 },
  several: [],
  crowded: '',
  crowdedParameters: () => [],
  crowdedNumbers: new Map(),
};

/** How many numbers a statement holds. */
export function mostTogether({ several }: Pick<LookupStatements, 'several'>): number {
  return several.at(-1)?.numbers ?? 1;
}
