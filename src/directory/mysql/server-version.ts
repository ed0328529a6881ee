/** Which database server answers. */
export interface ServerVersion {
  readonly product: 'MariaDB' | 'MySQL';
  /** Such as `10.11.14`. */
  readonly number: string;
}

/** @param version what `select version()` says: `10.11.14-MariaDB-0+deb12u2` or `8.0.36-log` */
export function readServerVersion(version: string): ServerVersion {
  const [number = ''] = version.split('-', 1);
  return { product: /mariadb/i.test(version) ? 'MariaDB' : 'MySQL', number };
}
