/**
 * Understands lines copied from Asterisk's console or log. With `agi set debug on` they read (res_agi.c)
 *
 *     <PJSIP/gsm-in-00000001>AGI Tx >> agi_channel: PJSIP/gsm-in-00000001
 *     AGI Tx >> agi_network: yes
 *     <PJSIP/gsm-in-00000001>AGI Rx << EXEC MSet "ROUTE_STATUS=OK"
 *
 * with a time, `VERBOSE[pid][call] res_agi.c:` and colours before them, as Asterisk was set up.
 */

// oxlint-disable-next-line no-control-regex -- terminal colours begin with the escape character
const COLOURS = /\u001B\[[0-9;]*[A-Za-z]/g;

/** The first one counts: what stands behind it is the caller's and may contain anything. */
const TRAFFIC = /(?:<[^>]*>)?AGI (Tx >>|Rx <<) ?/;

/** `[Mar  3 09:30:00]`, then `VERBOSE[12][C-00000001] res_agi.c:`, as the log's settings have it. */
const LOG_PREFIX = /^(?:\[[^\]]*\]\s*)?(?:VERBOSE\[\d+\](?:\[[^\]]*\])?\s+\S+:\s*)?/;

/** What Asterisk prints between the AGI lines: `-- Executing …`, `== Using SIP …`, `> 0x7f…`. */
const CHATTER = /^(?:(?:--|==|>)\s|AGI Debugging |No \\n received|\S+\*CLI>)/;

/**
 * The scenario line in what was pasted: the environment line that Asterisk sent, or the line itself when it
 * is not the console's; undefined for what a scenario has no use for: commands, replies, other messages.
 */
export function stripConsole(raw: string): string | undefined {
  // A line of the scenario itself, whatever it may contain.
  if (/^\s*(?:agi_|set\s|expect\s|hangup\s)/i.test(raw)) return raw;

  const line = raw.replace(COLOURS, '');
  const traffic = TRAFFIC.exec(line);
  if (traffic !== null) {
    const sent = line.slice(traffic.index + traffic[0].length);
    return traffic[1] === 'Tx >>' && sent.startsWith('agi_') ? sent : undefined;
  }
  const bare = line.replace(LOG_PREFIX, '').trimStart();
  return CHATTER.test(bare) ? undefined : line;
}
