import { SDP } from './phone.scenario.ts';

export interface CallerScenario {
  readonly to: string;
  /** The From header's value without tag, such as `"Anna" <sip:79162000001@127.0.0.10>`. */
  readonly from: string;
  /** Hangs up (CANCEL) when nobody has answered so many milliseconds after the last sign of life. */
  readonly giveUpAfterMs: number;
  /** Hangs up (BYE) so many milliseconds after the answer, unless the other side is quicker. */
  readonly talkMs: number;
}

/** Every refusal that the tests meet; SIPp wants them named. */
const REFUSALS = [403, 404, 408, 480, 484, 486, 487, 488, 500, 502, 503, 600, 603, 604];

/** A SIPp scenario for a caller: rings, waits, talks, hangs up, each at its time. */
export function callerScenario({ to, from, giveUpAfterMs, talkMs }: CallerScenario): string {
  const wait = `timeout="${giveUpAfterMs}" ontimeout="give-up"`;
  const head = (method: string, branch: string) => `${method} sip:${to}@[remote_ip]:[remote_port] SIP/2.0
${branch}
From: ${from};tag=[call_number]-[pid]
To: <sip:${to}@[remote_ip]:[remote_port]>`;
  const via = 'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]';

  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="caller">
<send retrans="500"><![CDATA[
${head('INVITE', via)}
${tail('1 INVITE')}
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send>
<recv response="100" optional="true" ${wait}/>
<recv response="180" optional="true" ${wait}/>
<recv response="181" optional="true" ${wait}/>
<recv response="183" optional="true" ${wait}/>
${REFUSALS.map((code) => `<recv response="${code}" optional="true" ${wait} next="refused"/>`).join('\n')}
<recv response="200" rrs="true" ${wait}/>
<send><![CDATA[
ACK [next_url] SIP/2.0
${via}
From: ${from};tag=[call_number]-[pid]
[last_To:]
${tail('1 ACK')}
Content-Length: 0

]]></send>
<recv request="BYE" timeout="${talkMs}" ontimeout="hang-up"/>
<send next="end"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<label id="hang-up"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
${via}
From: ${from};tag=[call_number]-[pid]
[last_To:]
${tail('2 BYE')}
Content-Length: 0

]]></send>
<recv response="200" next="end"/>
<label id="give-up"/>
<send retrans="500"><![CDATA[
${head('CANCEL', '[last_Via:]')}
${tail('1 CANCEL')}
Content-Length: 0

]]></send>
${/* chan_sip sends the 487 before the 200 of the CANCEL, PJSIP after it. */ ''}<recv response="200" optional="true"/>
<recv response="487"/>
<label id="refused"/>
<send><![CDATA[
${head('ACK', '[last_Via:]').replace(/To: .*$/, '[last_To:]')}
${tail('1 ACK')}
Content-Length: 0

]]></send>
<label id="end"/>
</scenario>
`;
}

function tail(cseq: string): string {
  return `Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70`;
}
