export interface Registration {
  readonly extension: string;
  readonly password: string;
  /** Where calls to the extension are to go, `127.0.0.20:5070`. */
  readonly contact: string;
}

/** A SIPp scenario that registers a telephone once, for an hour. */
export function registerScenario({ extension, password, contact }: Registration): string {
  const register = (cseq: number, authentication: string) => `<send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:${extension}@[remote_ip]>;tag=[call_number]-[pid]
To: <sip:${extension}@[remote_ip]>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
Contact: <sip:${extension}@${contact}>
${authentication}Expires: 3600
Max-Forwards: 70
Content-Length: 0

]]></send>`;
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="register">
${register(1, '')}
<recv response="100" optional="true"/>
<recv response="401" auth="true"/>
${register(2, `[authentication username=${extension} password=${password}]\n`)}
<recv response="100" optional="true"/>
<recv response="200"/>
</scenario>
`;
}
