/*
 * What the texts of calls have in common, the most frequent last. Part of the format: a change is a new number. With it a call of two legs
 * takes some 170 bytes in place of 1,300.
 */

/** Of format 1. */
export const FIRST_DICTIONARY = Buffer.from(
  '"linkedIds":["18","direction":"courier","direction":"internal","direction":"out","direction":"in","state":"ended",' +
    '"startedAt":"2026-","answeredAt":null,"answeredAt":"2026-","endedAt":"2026-","from":{"number":"7495","raw":"79","extension":null,"user":null},' +
    '"to":{"number":null,"raw":"","extension":"10","user":"},"answeredBy":null,"answeredBy":{"number":null,"raw":"10","extension":"10","user":"' +
    '"},"outcome":"no_answer","outcome":"cancelled","outcome":"busy","outcome":"answered elsewhere","outcome":"answered","cause":16,' +
    '"endedBy":"callee","endedBy":"caller","missed":true,"missed":false,"calledBackAt":null,"seconds":{"greeting":0,"wait":1,"ring":1,"talk":2,"hold":0},' +
    '"legs":[{"party":{"number":null,"raw":"10","extension":"10","user":"},"trunk":null,"rangAt":"2026-","answeredAt":null,"endedAt":"2026-",' +
    '"outcome":"answered elsewhere","cause":26},{"party":{"number":"79","raw":"79","extension":null,"user":null},"trunk":"trunk","rangAt":"2026-' +
    '","answeredAt":"2026-","endedAt":"2026-","outcome":"answered","cause":16}],"talks":[{"a":{"number":"79","raw":"79","extension":null,"user":null},' +
    '"b":{"number":null,"raw":"10","extension":"10","user":"},"from":"2026-","until":"2026-"}],"links":[{"kind":"shipment","code":7,"how":"routed","rank":1},' +
    '{"kind":"order","code":5,"how":"routed","rank":1},{"kind":"client","code":2,"how":"matched","rank":1},{"kind":"courier","code":1,"how":"matched","rank":1}],' +
    '"request":null,"recordings":[],"survey":[],"completeness":"whole"}',
);

/** Of format 2. */
export const DICTIONARY = Buffer.from(
  '"linkedIds":["18","direction":"courier","state":"ringing","state":"talking","direction":"internal",' +
    '"direction":"out","direction":"in","state":"ended","outcome":"refused","outcome":"unreachable",' +
    '"outcome":"failed","outcome":"no_answer","outcome":"cancelled","outcome":"busy","completeness":"rebuilt",' +
    '"completeness":"partial","missed":true,"endedBy":"system","endedBy":"callee","kind":"contact","code":,' +
    '"how":"routed","rank":2},"hold":0."},"trunk":null,"rangAt":120,"answeredAt":null,"endedAt":1,' +
    '"outcome":"no_answer","cause":16},{"party":{"number":null,"raw":"10","extension":"10","user":null},' +
    '"trunk":null,"rangAt":1,"answeredAt":null,"endedAt":1,"outcome":"answered elsewhere","cause":26}],' +
    '"talks":[],"links":[],"request":null,{"id":"main-17","asterisk":"main","linkedIds":["17"],"direction":"in",' +
    '"state":"ended","startedAt":"2026-11-T0:00:00.000Z","answeredAt":null,"endedAt":1,"from":{"number":"791",' +
    '"raw":"+791","extension":null,"user":null},"to":{"number":"7495","raw":"+7495","extension":null,' +
    '"user":null},"answeredBy":null,"answeredBy":{"number":null,"raw":"10","extension":"10","user":"user"},' +
    '"outcome":"answered","cause":16,"endedBy":"caller","missed":false,"calledBackAt":null,' +
    '"seconds":{"greeting":0,"wait":1.,"ring":1.,"talk":1.,"hold":0},"legs":[{"party":{"number":null,"raw":"10",' +
    '"extension":"10","user":"user"},"trunk":null,"rangAt":200,"answeredAt":1,"endedAt":1,"outcome":"answered",' +
    '"cause":16},{"party":{"number":null,"raw":"10","extension":"10","user":"user"},"trunk":null,"rangAt":200,' +
    '"answeredAt":null,"endedAt":1,"outcome":"answered elsewhere","cause":26}],"talks":[{"a":{"number":"791",' +
    '"raw":"+791","extension":null,"user":null},"b":{"number":null,"raw":"10","extension":"10","user":"user"},' +
    '"from":1,"until":1}],"links":[{"kind":"shipment","code":7,"how":"matched","rank":1},{"kind":"order",' +
    '"code":2,"how":"matched","rank":1},{"kind":"client","code":2,"how":"matched","rank":1},{"kind":"courier",' +
    '"code":1,"how":"matched","rank":1}],"request":null,"recordings":[],"survey":[],"completeness":"whole"}',
);
