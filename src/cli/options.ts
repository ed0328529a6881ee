import { Option } from 'commander';

/** Options that most commands have. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
}

/** Of texts for people. */
export function language(): Option {
  return new Option('--lang <language>', 'language of what is told (default: by locale)').choices([
    'en',
    'ru',
  ]);
}
