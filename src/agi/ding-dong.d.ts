/** ding-dong 0.1.7 ships no types. Only its catalogue of commands is described: nothing else is used. */
declare module 'ding-dong/lib/command.js' {
  export interface CatalogueEntry {
    /** The method's name in ding-dong, `getVariable`. */
    readonly name: AgiCommandName;
    /** The words that Asterisk knows the command by, `GET VARIABLE`. */
    readonly command: string;
    /** How many arguments the command takes at most. */
    readonly params: number;
  }

  export type AgiCommandName =
    | 'answer'
    | 'asyncAGIBreak'
    | 'channelStatus'
    | 'controlStreamFile'
    | 'databaseDel'
    | 'databaseDelTree'
    | 'databaseGet'
    | 'databasePut'
    | 'exec'
    | 'getData'
    | 'getFullVariable'
    | 'getOption'
    | 'getVariable'
    | 'gosub'
    | 'hangup'
    | 'noop'
    | 'receiveChar'
    | 'receiveText'
    | 'recordFile'
    | 'sayAlpha'
    | 'sayDate'
    | 'sayDateTime'
    | 'sayDigits'
    | 'sayNumber'
    | 'sayPhonetic'
    | 'sayTime'
    | 'sendImage'
    | 'sendText'
    | 'setAutoHangup'
    | 'setCallerID'
    | 'setContext'
    | 'setExtension'
    | 'setMusic'
    | 'setPriority'
    | 'setVariable'
    | 'speechActivateGrammar'
    | 'speechCreate'
    | 'speechDeactivateGrammar'
    | 'speechDestroy'
    | 'speechLoadGrammar'
    | 'speechRecognize'
    | 'speechSet'
    | 'speechUnloadGrammar'
    | 'streamFile'
    | 'tddMode'
    | 'verbose'
    | 'waitForDigit';

  const commands: readonly CatalogueEntry[];
  export default commands;
}
