/** The trunk's number of each flow, and who has it. */
export interface Flow {
  readonly title: string;
  /** Called by the trunk's caller. */
  readonly to: string;
  /** What extensions.conf does with it; DRIVER stands for PJSIP or SIP. */
  readonly dialplan: readonly string[];
  readonly giveUpAfterMs?: number;
  readonly talkMs?: number;
  /** What the call must be: who answered, outcome, who hung up, seconds of talk, legs and talks. */
  readonly expected: {
    readonly outcome: string;
    readonly answeredBy: string | null;
    readonly endedBy: string;
    readonly talk: number;
    readonly legs: readonly string[];
    readonly talks: readonly string[];
  };
}

/** Caller of all flows; the flows differ in the number called. */
export const CALLER = '79162000001';

const C = CALLER;

export const FLOWS: readonly Flow[] = [
  {
    title: 'answered',
    to: '74950000001',
    dialplan: ['Dial(DRIVER/301,20)'],
    talkMs: 3000,
    expected: answered('301', 'caller', 3, ['301 answered'], [`${C}-301`]),
  },
  {
    title: 'answered, the telephone hangs up',
    to: '74950000002',
    dialplan: ['Dial(DRIVER/302,20)'],
    talkMs: 20_000,
    expected: answered('302', 'callee', 0.5, ['302 answered'], [`${C}-302`]),
  },
  {
    title: 'no answer',
    to: '74950000003',
    dialplan: ['Dial(DRIVER/303,3)'],
    expected: unanswered('no_answer', 'system', ['303 no_answer']),
  },
  {
    title: 'busy',
    to: '74950000004',
    dialplan: ['Dial(DRIVER/304,20)', 'Busy(2)'],
    expected: unanswered('busy', 'callee', ['304 busy']),
  },
  {
    title: 'refused',
    to: '74950000005',
    dialplan: ['Dial(DRIVER/305,20)'],
    expected: unanswered('refused', 'callee', ['305 refused']),
  },
  {
    title: 'not there (480 without ringing)',
    to: '74950000006',
    dialplan: ['Dial(DRIVER/306,20)'],
    expected: unanswered('unreachable', 'system', ['306 unreachable']),
  },
  {
    title: 'no such number (404)',
    to: '74950000007',
    dialplan: ['Dial(DRIVER/307,20)'],
    expected: unanswered('unreachable', 'system', ['307 unreachable']),
  },
  {
    title: 'no free line (503)',
    to: '74950000008',
    dialplan: ['Dial(DRIVER/308,20)'],
    expected: unanswered('unreachable', 'system', ['308 unreachable']),
  },
  {
    title: 'the caller gives up',
    to: '74950000009',
    dialplan: ['Dial(DRIVER/303,20)'],
    giveUpAfterMs: 2000,
    expected: unanswered('cancelled', 'caller', ['303 cancelled']),
  },
  {
    title: 'ring all five, the third answers',
    to: '74950000010',
    dialplan: ['Dial(DRIVER/311&DRIVER/312&DRIVER/313&DRIVER/314&DRIVER/315,20)'],
    talkMs: 2000,
    expected: answered(
      '313',
      'caller',
      2,
      [
        '311 answered elsewhere',
        '312 answered elsewhere',
        '313 answered',
        '314 answered elsewhere',
        '315 answered elsewhere',
      ],
      [`${C}-313`],
    ),
  },
  {
    title: 'hunt of three',
    to: '74950000011',
    dialplan: ['Dial(DRIVER/303,2)', 'Dial(DRIVER/304,20)', 'Dial(DRIVER/301,20)'],
    talkMs: 2000,
    expected: answered('301', 'caller', 2, ['301 answered', '303 no_answer', '304 busy'], [`${C}-301`]),
  },
  {
    title: 'queue, answered in the second round',
    to: '74950000012',
    dialplan: ['Queue(operators,,,,40)'],
    talkMs: 2000,
    expected: answered(
      '210',
      'caller',
      2,
      ['210 answered', '210 busy', '303 answered elsewhere', '303 no_answer'],
      [`${C}-210`],
    ),
  },
  {
    title: 'blind transfer (REFER)',
    to: '74950000013',
    dialplan: ['Dial(DRIVER/201,20)'],
    talkMs: 4000,
    expected: answered('201', 'caller', 4, ['201 answered', '301 answered'], [`${C}-201`, `${C}-301`]),
  },
  {
    title: 'attended transfer with keys',
    to: '74950000014',
    dialplan: ['Dial(DRIVER/202,20,t)'],
    talkMs: 9000,
    expected: answered(
      '202',
      'caller',
      8,
      ['202 answered', '301 answered'],
      ['202-301', `${C}-202`, `${C}-301`],
    ),
  },
  {
    title: 'attended transfer (REFER with Replaces)',
    to: '74950000015',
    dialplan: ['Dial(DRIVER/203,20)'],
    talkMs: 6000,
    expected: answered(
      '203',
      'caller',
      6,
      ['203 answered', '301 answered'],
      ['203-301', `${C}-203`, `${C}-301`],
    ),
  },
  {
    title: 'attended transfer while the colleague rings',
    to: '74950000016',
    dialplan: ['Dial(DRIVER/204,20)'],
    talkMs: 7000,
    expected: answered('204', 'caller', 4.5, ['204 answered', '211 answered'], [`${C}-204`, `${C}-211`]),
  },
  {
    title: 'picked up by a colleague',
    to: '74950000017',
    dialplan: ['Dial(DRIVER/320,20)'],
    talkMs: 2000,
    expected: answered('205', 'caller', 2, ['205 answered', '320 answered elsewhere'], [`${C}-205`]),
  },
  {
    title: 'forwarded by the telephone (302)',
    to: '74950000018',
    dialplan: ['Dial(DRIVER/309,20)'],
    talkMs: 2000,
    expected: answered('301', 'caller', 2, ['301 answered', '309 forwarded'], [`${C}-301`]),
  },
  {
    title: 'a greeting only',
    to: '74950000019',
    dialplan: ['Answer()', 'Wait(20)'],
    talkMs: 2000,
    expected: unanswered('cancelled', 'caller', []),
  },
];

function answered(
  answeredBy: string,
  endedBy: string,
  talk: number,
  legs: readonly string[],
  talks: readonly string[],
): Flow['expected'] {
  return { outcome: 'answered', answeredBy, endedBy, talk, legs, talks };
}

function unanswered(outcome: string, endedBy: string, legs: readonly string[]): Flow['expected'] {
  return { outcome, answeredBy: null, endedBy, talk: 0, legs, talks: [] };
}
