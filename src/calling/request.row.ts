import { z } from 'zod';
import { linkSchema } from '../calls/call.ts';
import type { StoredRequest } from '../journal/requests.store.ts';
import type { RememberedRequest } from './placed-calls.ts';

const askedBy = z.enum(['click', 'courier', 'door', 'test']);
const links = z.array(linkSchema);

export function toRow(request: RememberedRequest): StoredRequest {
  return {
    id: request.id,
    call_id: request.callId,
    requester: request.requester,
    request_key: request.key,
    asked_by: request.by,
    user_name: request.user,
    links: JSON.stringify(request.links),
    created_at: request.createdAt,
    cancelled_at: request.cancelledAt,
    state: request.state === 'abandoned' ? 'abandoned' : 'placed',
  };
}

export function fromRow(row: StoredRequest): RememberedRequest {
  return {
    id: row.id,
    callId: row.call_id,
    requester: row.requester,
    by: askedBy.parse(row.asked_by),
    user: row.user_name,
    key: row.request_key,
    links: links.parse(JSON.parse(row.links)),
    createdAt: row.created_at,
    cancelledAt: row.cancelled_at,
    state: row.state,
  };
}
