/** Step two: the service that is meant, and the request as that service sees it. */
import { streamOfBytes, textOf } from '#kernel/bytes.ts';
import { connectionPathOf } from '../execute-api/index.ts';
import type { ServiceModel } from '../model.ts';
import { bucketOfHost, hostOf, type Destination, type Router } from '../route.ts';
import type { ClaimReader } from '../signature/index.ts';
import { readAnyClaim, readWhole, type ReadClaim } from './authenticate.ts';
import { unknownModel } from './unknown-model.ts';
import type { Received } from './receive.ts';

/** Bytes of an unsigned form, which has to be read to know whose it is. */
const FORM_BYTES_MAX = 1024 * 1024;

export interface Routed {
  readonly received: Received;
  readonly read: ReadClaim;
  readonly model: ServiceModel;
  /** False where nothing here is the service that was asked for. */
  readonly isKnown: boolean;
  /** The bucket where the host named it; it then begins the head's path. */
  readonly hostBucket?: string;
}

/**
 * Finds the service that a request is for; at once, unless the body has to be read for it.
 * @throws AwsError for an unsigned form that is too large
 */
export function routeRequest(
  router: Router,
  claims: ClaimReader,
  received: Received,
  baseHosts: readonly string[],
): Routed | Promise<Routed> {
  const read = readAnyClaim(claims, received);
  const scope = read.kind === 'v4' ? read.claim.scope.service : undefined;
  const route = router.route(received.head, read.kind === 'v2' ? 's3' : scope);
  return route.kind === 'form'
    ? routeForm(router, received, read, baseHosts)
    : settle(route, received, read, baseHosts);
}

async function routeForm(
  router: Router,
  received: Received,
  read: ReadClaim,
  baseHosts: readonly string[],
): Promise<Routed> {
  const bytes = await readWhole(received.body, FORM_BYTES_MAX);
  const form = new URLSearchParams(textOf(bytes));
  for (const [name, value] of received.head.query) form.append(name, value);
  const again = { ...received, body: streamOfBytes(bytes) };
  return settle(router.routeForm(form), again, read, baseHosts);
}

function settle(
  route: Destination,
  received: Received,
  read: ReadClaim,
  baseHosts: readonly string[],
): Routed {
  if (route.kind === 'unknown') {
    return { received, read, model: unknownModel(route.name), isKnown: false };
  }
  const { model } = route;
  if (model.signingName === 'execute-api') {
    const { head } = received;
    const path = connectionPathOf(head, true) ?? head.path;
    const named = { ...received, head: { ...head, path, wholePath: head.path } };
    return { received: named, read, model, isKnown: true };
  }
  if (model.signingName !== 's3') return { received, read, model, isKnown: true };
  const hostBucket = bucketOfHost(hostOf(received.head), baseHosts);
  const head = { ...received.head, path: storagePath(received.head.path, hostBucket) };
  return {
    received: { ...received, head },
    read,
    model,
    isKnown: true,
    ...(hostBucket !== undefined && { hostBucket }),
  };
}

/** Path style, whatever the host said; in S3's paths a plus is a space. */
function storagePath(path: string, hostBucket: string | undefined): string {
  const plain = path.includes('+') ? path.replaceAll('+', '%20') : path;
  return hostBucket === undefined ? plain : `/${hostBucket}${plain}`;
}
