import { COURIER_OF_RECIPIENT, MANAGER_OF_CLIENT, MANAGER_OF_COURIER } from '../contenders/sample-queries.ts';
import { dialplan } from './dialplan.ts';
import { ODBC_INI, type Files } from './files.ts';

/* (f): func_odbc with the three sample queries, as its own documentation and the source document suggest. */

/** As many as mysql2's pool has in the other contenders; res_odbc's default is one. */
const CONNECTIONS = 10;

export interface OdbcDatabase {
  readonly port: number;
  readonly name: string;
  readonly user: string;
}

/** Everything that func_odbc needs. */
export function odbcFiles({ port, name, user }: OdbcDatabase): Files {
  return {
    // "MariaDB Unicode" is what Debian's odbc-mariadb calls its driver in /etc/odbcinst.ini.
    'odbc.ini': `
[courier]
Driver = MariaDB Unicode
SERVER = 127.0.0.1
PORT = ${port}
DATABASE = ${name}
`,
    'res_odbc.conf': `
[ENV]
ODBCINI => ${ODBC_INI}

[courier]
enabled => yes
dsn => courier
username => ${user}
pre-connect => yes
max_connections => ${CONNECTIONS}
`,
    'func_odbc.conf': [
      queryFunction('COURIER_OF_RECIPIENT', COURIER_OF_RECIPIENT),
      queryFunction('MANAGER_OF_COURIER', MANAGER_OF_COURIER),
      queryFunction('MANAGER_OF_CLIENT', MANAGER_OF_CLIENT),
    ].join('\n'),
    'extensions.conf': dialplan([
      'Set(CALLER=${FILTER(0-9,${CALLERID(num)})})',
      ...ask('COURIER_OF_RECIPIENT', 'CODE,NAME,PHONEM,PHONEK'),
      ...ask('MANAGER_OF_COURIER', 'CODE,NAME,EXTPHONE'),
      ...ask('MANAGER_OF_CLIENT', 'CODE,COMPANY,EXTPHONE,STATE'),
      'Set(ROUTE_STATUS=UNKNOWN)',
      'Goto(done)',
      '(found),Set(ROUTE_STATUS=OK)',
    ]),
  };
}

/** A caller's number is the caller's choice: func_odbc knows no bound parameters, SQL_ESC is what it has. */
function queryFunction(name: string, query: string): string {
  return `[${name}]\ndsn=courier\nreadsql=${query.replace('?', "'${SQL_ESC(${ARG1})}'")}\n`;
}

/** The first query that finds somebody is the last one asked. */
function ask(name: string, columns: string): string[] {
  return [`Set(ARRAY(${columns})=\${ODBC_${name}(\${CALLER})})`, 'GotoIf($[${ODBCROWS} > 0]?found)'];
}
