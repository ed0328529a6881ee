/** Records in a block. With 8 columns a block is 128 kB. */
const BLOCK_BITS = 12;
const BLOCK_RECORDS = 1 << BLOCK_BITS;

/**
 * Records of whole numbers of 32 bits, all of the same width, in blocks that are never moved. A single growing array would be copied
 * again and again, and the copies would stay in memory until the next major garbage collection.
 */
export class Int32Table {
  readonly #width: number;
  readonly #blocks: Int32Array[] = [];
  #count = 0;

  /** @param width columns of a record */
  constructor(width: number) {
    this.#width = width;
  }

  /** A new record, of zeros. @returns its index: 0, 1, 2 … */
  add(): number {
    const record = this.#count;
    if (record % BLOCK_RECORDS === 0) this.#blocks.push(new Int32Array(BLOCK_RECORDS * this.#width));
    this.#count += 1;
    return record;
  }

  /** @throws {RangeError} there is no such record */
  get(record: number, column: number): number {
    const value = this.#blocks[record >>> BLOCK_BITS]?.[this.#place(record, column)];
    if (value === undefined) throw new RangeError(`There is no record ${record} with a column ${column}.`);
    return value;
  }

  /** @param record of `add` */
  set(record: number, column: number, value: number): void {
    const block = this.#blocks[record >>> BLOCK_BITS];
    if (block !== undefined) block[this.#place(record, column)] = value;
  }

  /** Frees what is reserved for more records. */
  close(): void {
    const last = this.#blocks.pop();
    const used = this.#count % BLOCK_RECORDS || BLOCK_RECORDS;
    if (last !== undefined) this.#blocks.push(last.slice(0, used * this.#width));
  }

  #place(record: number, column: number): number {
    return (record % BLOCK_RECORDS) * this.#width + column;
  }
}
