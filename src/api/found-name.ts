/** Whom `GET /api/search` finds. The pages read it here: nothing else of the names is theirs. */
export type { FoundName } from '../directory/names/names.ts';
