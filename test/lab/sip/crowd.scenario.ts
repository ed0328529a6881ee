import { SDP } from './phone.scenario.ts';

/**
 * A SIPp scenario for many callers whom nothing surprises: `[field0]` calls `[field1]`, talks for a moment and hangs
 * up. Where the server dies in the middle, or knows nothing of the talk any more, the caller goes as people do.
 */
export function crowdScenario({ talkMs, patienceMs }: { talkMs: number; patienceMs: number }): string {
  const head = (method: string) => `${method} sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]>;tag=[call_number]-[pid]`;
  const tail = (cseq: string) => `Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:[local_ip]:[local_port]>
Max-Forwards: 70`;
  const wait = `timeout="${patienceMs}" ontimeout="end"`;
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="crowd">
<send retrans="500"><![CDATA[
${head('INVITE')}
To: <sip:[field1]@[remote_ip]:[remote_port]>
${tail('1 INVITE')}
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send>
<recv response="100" optional="true" ${wait}/>
<recv response="180" optional="true" ${wait}/>
<recv response="183" optional="true" ${wait}/>
${[480, 486, 487, 500, 503, 603].map((code) => `<recv response="${code}" optional="true" next="refused"/>`).join('\n')}
<recv response="200" rrs="true" ${wait}/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]>;tag=[call_number]-[pid]
[last_To:]
${tail('1 ACK')}
Content-Length: 0

]]></send>
<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]>;tag=[call_number]-[pid]
[last_To:]
${tail('2 BYE')}
Content-Length: 0

]]></send>
<recv response="481" optional="true" next="end"/>
<recv response="200" timeout="${patienceMs}" ontimeout="end" next="end"/>
<label id="refused"/>
<send><![CDATA[
${head('ACK').replace('branch=[branch]', 'branch=[branch-1]')}
[last_To:]
${tail('1 ACK')}
Content-Length: 0

]]></send>
<label id="end"/>
</scenario>
`;
}
