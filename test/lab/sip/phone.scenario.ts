/**
 * What a called telephone does with a call.
 *
 * - `answer`: rings, answers, and talks until the other side hangs up
 * - `answerThenHangUp`: answers and hangs up by itself after a moment
 * - `pressOne`: answers, presses the key 1 (SIP INFO) and talks until the other side hangs up
 * - `pressTwo`: likewise, with the key 2
 * - `noAnswer`: rings until the caller gives up
 * - `silent`: never sends a word, like a telephone without network whose registration is still there
 * - `busy`: 486
 * - `decline`: 603, the red button
 * - `unavailable`: 480
 * - `congested`: 503, a trunk with no free line
 * - `unknownNumber`: 404
 * - `forbidden`: 403, a trunk that does not take our number
 * - `serverError`: 500
 * - `forward`: 302 to the number in `forwardTo`
 */
export type Behaviour =
  | 'answer'
  | 'answerThenHangUp'
  | 'pressOne'
  | 'pressTwo'
  | 'noAnswer'
  | 'silent'
  | 'busy'
  | 'decline'
  | 'unavailable'
  | 'congested'
  | 'unknownNumber'
  | 'forbidden'
  | 'serverError'
  | 'forward';

/** Applies to calls whose called number and caller's name match; both are matched whole, and may be left out. */
export interface PhoneRule {
  /** The number in the request URI. */
  readonly to?: string;
  /** The display name in the From header: tests name the case there, since many cases share a caller. */
  readonly name?: string;
  readonly behaviour: Behaviour;
  /** For `forward`. */
  readonly forwardTo?: string;
}

const REFUSALS: Partial<Record<Behaviour, string>> = {
  busy: '486 Busy Here',
  decline: '603 Decline',
  unavailable: '480 Temporarily Unavailable',
  congested: '503 Service Unavailable',
  unknownNumber: '404 Not Found',
  forbidden: '403 Forbidden',
  serverError: '500 Server Internal Error',
  forward: '302 Moved Temporarily',
};

/**
 * A SIPp scenario for a called telephone. It decides call by call, by the first rule that matches; without
 * one it behaves as `otherwise` says.
 */
export function phoneScenario(rules: readonly PhoneRule[], otherwise: Behaviour): string {
  const all = [...rules, { behaviour: otherwise }];
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="telephone">
<recv request="INVITE" rrs="true"><action>
  <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  <ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>
  <ereg regexp="^INVITE sip:([^@]*)@" search_in="msg" assign_to="line,number"/>
  ${rules.map((rule, index) => `<ereg regexp="${requestPattern(rule)}" search_in="msg" assign_to="rule${index}"/>`).join('\n  ')}
</action></recv>
${rules.map((_, index) => `<nop test="rule${index}" next="on${index}"/>`).join('\n')}
<nop next="on${rules.length}"/>
${all.map((rule, index) => `<label id="on${index}"/>\n${steps(rule)}\n<nop next="end"/>`).join('\n')}
<label id="end"/>
${/* SIPp refuses a variable that is set and never used. */ ''}<Reference variables="cseq,caller,called,line,number"/>
</scenario>
`;
}

function steps(rule: PhoneRule): string {
  const refusal = REFUSALS[rule.behaviour];
  if (refusal !== undefined) {
    const contact =
      rule.forwardTo === undefined ? '' : `Contact: <sip:${rule.forwardTo}@[local_ip]:[local_port]>\n`;
    return `${respond(refusal, contact)}\n<recv request="ACK"/>`;
  }
  const ringing = respond('180 Ringing', IDENTITY);
  const answering = `${respond('200 OK', IDENTITY, SDP)}\n<recv request="ACK" rrs="true"/>`;
  if (rule.behaviour === 'answer')
    return [ringing, pause(100), answering, '<recv request="BYE"/>', respond('200 OK')].join('\n');
  if (rule.behaviour === 'answerThenHangUp')
    return [ringing, pause(100), answering, pause(500), BYE, '<recv response="200"/>'].join('\n');
  if (rule.behaviour === 'pressOne' || rule.behaviour === 'pressTwo') {
    const key = press(rule.behaviour === 'pressOne' ? '1' : '2');
    return [
      ringing,
      pause(100),
      answering,
      pause(1500),
      key,
      '<recv response="200"/>',
      '<recv request="BYE"/>',
      respond('200 OK'),
    ].join('\n');
  }
  if (rule.behaviour === 'noAnswer')
    return [ringing, '<recv request="CANCEL"/>', respond('200 OK'), CANCELLED, '<recv request="ACK"/>'].join(
      '\n',
    );
  // silent
  return pause(600_000);
}

function pause(ms: number): string {
  return `<pause milliseconds="${ms}"/>`;
}

function requestPattern({ to, name }: PhoneRule): string {
  const user = to === undefined ? '[^@]*' : escapePattern(to);
  // chan_sip leaves the quotes away where the name needs none.
  const caller = name === undefined ? '' : `.*[[:space:]]From: *&quot;?${escapePattern(name)}&quot;? *&lt;`;
  return `^INVITE sip:${user}@${caller}`;
}

function escapePattern(text: string): string {
  return text.replace(/[+*.]/g, '[$&]');
}

/** Where it is, and who it is, as a provider's network tells it. */
const IDENTITY = `Contact: <sip:[local_ip]:[local_port]>
P-Asserted-Identity: <sip:[$number]@[local_ip]>
`;

/** An offer or answer without audio behind it: nobody listens, nobody sends. */
export const SDP = `v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 8 0
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
`;

function respond(status: string, headers = '', body = ''): string {
  const type = body === '' ? '' : 'Content-Type: application/sdp\n';
  const retransmit = body === '' ? '' : ' retrans="500"';
  return `<send${retransmit}><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]-[pid]
[last_Call-ID:]
[last_CSeq:]
${headers}${type}Content-Length: ${body === '' ? '0' : '[len]'}

${body}]]></send>`;
}

/** The answer to the INVITE after a CANCEL, which is the last message by then. */
const CANCELLED = `<send retrans="500"><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]-[pid]
[last_Call-ID:]
CSeq: [$cseq] INVITE
Content-Length: 0

]]></send>`;

/** Within the talk, by SIP INFO. */
function press(key: string): string {
  return `<send retrans="500"><![CDATA[
INFO [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: [$called];tag=[call_number]-[pid]
To: [$caller]
Call-ID: [call_id]
CSeq: 2 INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal=${key}
Duration=160
]]></send>`;
}

const BYE = `<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: [$called];tag=[call_number]-[pid]
To: [$caller]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>`;
