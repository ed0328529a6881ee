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

/** Call detail records as docs/desk.md wants them. */
export const CDR_CONF = `
[general]
enable = yes
unanswered = yes
congestion = yes
[csv]
loguniqueid = yes
loguserfield = yes
newcdrcolumns = yes
`;

/** A random range: a port that is taken is passed over, so ranges may even overlap. */
/** Below 32,768, where Linux takes free ports from: Asterisk takes its own on every address. */
export function rtpConf(): string {
  const start = 20_000 + 200 * Math.floor(Math.random() * 60);
  return `
[general]
rtpstart = ${start}
rtpend = ${start + 199}
`;
}

/** The account with which a test follows Asterisk over AMI; others are added after it. */
export const AMI_USER = { username: 'desk', secret: 'change-me-desk' } as const;

/** AMI on loopback, with the rights that the desk needs and the settings that it recommends. */
export function managerConf(port: number): string {
  return `
[general]
enabled = yes
webenabled = no
bindaddr = 127.0.0.1
port = ${port}
timestampevents = yes
[${AMI_USER.username}]
secret = ${AMI_USER.secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = system,call,agent,user,cdr
write = originate,call,reporting
writetimeout = 5000
`;
}
