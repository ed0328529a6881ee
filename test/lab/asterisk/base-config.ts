/** Its own folders, so that several Asterisks may share one root file system. */
export function asteriskConf(runFolder: string, verbosity: number): string {
  return `
[directories]
astetcdir => ${runFolder}/etc
astdbdir => ${runFolder}/db
astspooldir => ${runFolder}/spool
astrundir => ${runFolder}/run
astlogdir => ${runFolder}/log
[options]
verbose = ${verbosity}
`;
}

/** A short list made by hand let calls hang after 100 Trying; everything with a configuration is loaded. */
export const MODULES_CONF = `
[modules]
autoload = yes
`;

/** @param trace whether the steps of the dialplan are logged */
export function loggerConf(trace: boolean): string {
  return `
[general]
dateformat = %F %T.%3q
[logfiles]
messages => notice,warning,error${trace ? ',verbose' : ''}
`;
}

/** A random range: a port that is taken is passed over, so ranges may even overlap. */
export function rtpConf(): string {
  const start = 20_000 + 200 * Math.floor(Math.random() * 100);
  return `
[general]
rtpstart = ${start}
rtpend = ${start + 199}
`;
}
