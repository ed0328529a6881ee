/** Its own folders, so that several Asterisks may share one root file system. */
export function asteriskConf(runFolder: string): string {
  return `
[directories]
astetcdir => ${runFolder}/etc
astdbdir => ${runFolder}/db
astspooldir => ${runFolder}/spool
astrundir => ${runFolder}/run
astlogdir => ${runFolder}/log
[options]
verbose = 3
`;
}

/** A short list made by hand let calls hang after 100 Trying; everything with a configuration is loaded. */
export const MODULES_CONF = `
[modules]
autoload = yes
`;

export const LOGGER_CONF = `
[general]
dateformat = %F %T.%3q
[logfiles]
messages => notice,warning,error,verbose
`;

/** A random range: a port that is taken is passed over, so ranges may even overlap. */
export function rtpConf(): string {
  const start = 20_000 + 200 * Math.floor(Math.random() * 100);
  return `
[general]
rtpstart = ${start}
rtpend = ${start + 199}
`;
}
