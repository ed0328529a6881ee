/* The three sample queries of the source document, with `?` for the caller's number in digits. */

export const COURIER_OF_RECIPIENT =
  'SELECT k.code, k.name, k.`phonem`, k.`phonek` FROM contacts c JOIN givn g ON g.address=c.Source ' +
  'JOIN kurier k ON k.code=g.`kurier` WHERE c.SourceCodeType=3 AND g.State=1 AND c.VALUE=?';

export const MANAGER_OF_COURIER =
  'SELECT k.code, k.name, u.extPhone AS managerext FROM contacts c JOIN kurier k ON k.code=c.Source ' +
  'JOIN users u ON u.`user`=k.`manager` WHERE c.SourceCodeType=1 AND c.VALUE=?';

export const MANAGER_OF_CLIENT =
  'SELECT k.code, k.company, u.extPhone AS managerext, k.State FROM contacts c ' +
  'JOIN clients k ON k.code=c.Source LEFT JOIN users u ON u.`user`=k.`manager` ' +
  'WHERE c.SourceCodeType=2 AND c.VALUE=?';
