/** A Debian release in a folder of its own, with the one program that the tests want from it. */
export interface Recipe {
  /** Folder below `.lab/`. */
  readonly name: RootfsName;
  readonly suite: string;
  readonly packages: readonly string[];
  /** Command whose output must match `version`: a Debian release moves on, and then the name would lie. */
  readonly versionCommand: readonly string[];
  readonly version: RegExp;
}

export type RootfsName = 'asterisk-22' | 'asterisk-16' | 'mysql-9' | 'node-18' | 'node-20' | 'node-24';

/** Debian 12 itself has no asterisk package and no mysql-server; older and newer releases do. */
export const RECIPES: readonly Recipe[] = [
  {
    name: 'asterisk-22',
    suite: 'forky',
    // ODBC is there for the comparison with func_odbc.
    packages: ['asterisk', 'asterisk-modules', 'odbc-mariadb', 'unixodbc'],
    versionCommand: ['/usr/sbin/asterisk', '-V'],
    version: /^Asterisk 22\./,
  },
  {
    // The last Debian release whose Asterisk has chan_sip and app_macro.
    name: 'asterisk-16',
    suite: 'bullseye',
    packages: ['asterisk', 'asterisk-modules'],
    versionCommand: ['/usr/sbin/asterisk', '-V'],
    version: /^Asterisk 16\./,
  },
  {
    name: 'mysql-9',
    suite: 'sid',
    // Not mysql-server, whose installation starts the server, which does not always succeed in a folder.
    packages: ['mysql-server-core', 'mysql-client-core'],
    versionCommand: ['/usr/sbin/mysqld', '--version'],
    version: / Ver 9\./,
  },
  // Machines with nothing but what an installation asks for, to install on.
  { ...bareMachine('node-18', 'bookworm'), version: /^v18\./ },
  { ...bareMachine('node-20', 'trixie'), version: /^v20\./ },
  { ...bareMachine('node-24', 'forky'), version: /^v24\./ },
];

function bareMachine(name: RootfsName, suite: string): Omit<Recipe, 'version'> {
  const packages = ['nodejs', 'passwd', 'systemd', 'sudo'];
  return { name, suite, packages, versionCommand: ['/usr/bin/nodejs', '--version'] };
}
