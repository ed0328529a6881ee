/** Options that most commands have. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
}
