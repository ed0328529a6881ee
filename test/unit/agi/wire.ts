/** What Asterisk 22.10 sends for `AGI(agi://127.0.0.1:4573/route?number=79161234567,first,second)`. */
export const ENVIRONMENT_LINES: readonly string[] = [
  'agi_network: yes',
  'agi_network_script: route?number=79161234567',
  'agi_request: agi://127.0.0.1:4573/route?number=79161234567',
  'agi_channel: PJSIP/gsm-00000001',
  'agi_language: en',
  'agi_type: PJSIP',
  'agi_uniqueid: 1700000000.1',
  'agi_version: 22.10.0',
  'agi_callerid: 79162000001',
  'agi_calleridname: Иван: "Ваня" (моб.)',
  'agi_callingpres: 0',
  'agi_callingani2: 0',
  'agi_callington: 0',
  'agi_callingtns: 0',
  'agi_dnid: 74950000000',
  'agi_rdnis: unknown',
  'agi_context: from-trunk',
  'agi_extension: s',
  'agi_priority: 3',
  'agi_enhanced: 0.0',
  'agi_accountcode: ',
  'agi_threadid: 140263512884928',
  'agi_arg_1: first',
  'agi_arg_2: second',
];

export const ENVIRONMENT = `${ENVIRONMENT_LINES.join('\n')}\n\n`;

/** What `EXEC` without an application gets from Asterisk 22; 13 to 22 differ in the middle only. */
export const USAGE_BLOCK =
  '520-Invalid command syntax.  Proper usage follows:\n' +
  'Usage: EXEC APPLICATION OPTIONS\n' +
  '\tExecutes <application> with given <options>.\n' +
  '\n' +
  '520 End of proper usage.\n';

/** Asterisk before 1.8 wrote no newline between the usage text and what ends it. */
export const GLUED_USAGE_BLOCK =
  '520-Invalid command syntax.  Proper usage follows:\n' +
  ' Usage: EXEC <application> <options>\n' +
  '\tExecutes <application> with given <options>.520 End of proper usage.\n';
