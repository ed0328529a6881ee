import type { Variable } from '../../agi/mset.ts';
import type { OutboundRoute } from '../../routing/outbound.ts';
import { VariableList } from '../line-variables.ts';

/** `ROUTE_COUNT` and `ROUTE_STATUS` */
const LAST = 2;

/** The channel variables that tell the dialplan how to place the call. The status comes last. */
export function toVariables({ status, number, lines }: OutboundRoute): Variable[] {
  const list = new VariableList();
  list.put('ROUTE_NUMBER', number);
  const count = lines.findIndex((line, index) => !list.putLine(String(index + 1), line, LAST));
  list.put('ROUTE_COUNT', count === -1 ? lines.length : count);
  list.put('ROUTE_STATUS', status);
  return list.all;
}
