import { sql, type Expression, type SqlBool } from 'kysely';
import type { LookupShape, ManagerColumn } from './shape.ts';

/*
 * `manager` of couriers and clients names a row of `users`. In some companies it is the code of a row of `kurier`
 * instead. Either way a person has typed it, or an import has: white space may stand around it.
 */

type Owner = 'k' | 'l';

/** What may stand around a name, besides spaces. */
const WHITE_SPACE = ['\r', '\n', '\t'];
const NO_BREAK_SPACE = '\u00A0';

export const manager = {
  /**
   * The row of `users` is the manager. The function is on the side of `manager` alone, so that the index of
   * `users` is used all the same.
   */
  isUser(users: 'ku' | 'lu', owner: Owner, column: ManagerColumn): Expression<SqlBool> {
    return sql<SqlBool>`${sql.ref(`${users}.user`)} = ${nameFor(owner, column)}`;
  },

  /**
   * The row of `kurier` is the manager, since no user has that name. What is no number becomes 0 here: whether
   * the code is the right one is looked at again in `lookup.row.ts`.
   */
  isStaff(staff: 'km' | 'lm', users: 'ku' | 'lu', owner: Owner, shape: LookupShape): Expression<SqlBool> {
    const name = sql.ref(`${owner}.manager`);
    const code = sql`case when ${sql.ref(`${users}.user`)} is null then cast(${name} as decimal(30)) end`;
    const found = sql<SqlBool>`${sql.ref(`${staff}.code`)} = ${code}`;
    if (!shape.optional.has('kurier.dateput')) return found;
    const left = sql.ref(`${staff}.dateput`);
    return sql<SqlBool>`${found} and (${left} is null or ${left} < '1000-01-01')`;
  },
};

/** What `users.user` is compared with. */
function nameFor(owner: Owner, { compare, conversion, noBreakSpace }: ManagerColumn): Expression<unknown> {
  const column = sql.ref(`${owner}.manager`);
  switch (compare) {
    case 'as-number':
      // Text that is no number would be 0, and find the user who is called so.
      return sql`case when ${column} > 0 then ${column} end`;
    case 'as-text':
      // A number that is compared with text makes 0 of every name.
      return converted(sql`cast(${column} as char)`, conversion);
    case 'text': {
      const others = noBreakSpace ? [...WHITE_SPACE, NO_BREAK_SPACE] : WHITE_SPACE;
      const name = others.reduce<Expression<unknown>>(
        (text, character) => sql`replace(${text}, ${sql.lit(character)}, ' ')`,
        column,
      );
      return converted(sql`trim(${name})`, conversion);
    }
  }
}

function converted(text: Expression<unknown>, to: ManagerColumn['conversion']): Expression<unknown> {
  if (to === null) return text;
  return sql`convert(${text} using ${sql.id(to.charset)}) collate ${sql.id(to.collation)}`;
}
