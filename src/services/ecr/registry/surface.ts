/**
 * The registry's HTTP API, by which images are pushed and pulled.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
import { AwsError } from '#aws/errors.ts';
import type { HttpSurface, SurfaceExchange } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { EcrCore } from '../core.ts';
import { endpointOf } from '../endpoint.ts';
import { authorise, identify, unauthorized } from './access.ts';
import { answerBlob } from './blobs.ts';
import { errorAnswer, REGISTRY_HEADERS, registryError, unsupported } from './errors.ts';
import { answerManifest } from './manifests.ts';
import { isRegistryRequest, repositoryOf, routeOf, type RegistryRoute } from './route.ts';
import { answerTags } from './tags.ts';
import { answerUpload, answerUploads } from './uploads.ts';
import type { Visit } from './visit.ts';

/** Answers below `/v2/`. */
export function createRegistry(core: EcrCore): HttpSurface {
  return {
    match: isRegistryRequest,
    async handle(exchange) {
      try {
        const { headers, ...rest } = await answer(core, exchange);
        return { ...rest, headers: { ...REGISTRY_HEADERS, ...headers } };
      } catch (error) {
        if (error instanceof AwsError) return errorAnswer(error);
        throw error;
      }
    },
  };
}

async function answer(core: EcrCore, exchange: SurfaceExchange): Promise<WireResponse> {
  const { request } = exchange;
  const client = await identify(core, exchange);
  if (client.kind === 'nobody') return unauthorized(endpointOf(core, request));
  const route = routeOf(request.path) ?? { kind: 'absent' };
  if (route.kind === 'absent') throw unsupported(404);
  if (route.kind === 'ping') {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: utf8('{}') };
  }
  const repository = repositoryOf(request, route.path);
  if (repository === undefined) throw nameInvalid(route.path);
  const require: Visit['require'] = (actions, other = repository) =>
    authorise(core, { client, http: request, repository: other, actions });
  const visit = { repository, base: `/v2/${route.path}`, request, require };
  return await answerRoute(core, visit, route);
}

function answerRoute(
  core: EcrCore,
  visit: Visit,
  route: Exclude<RegistryRoute, { readonly kind: 'ping' | 'absent' }>,
): Promise<WireResponse> {
  switch (route.kind) {
    case 'blob':
      return answerBlob(core, visit, route.digest);
    case 'uploads':
      return answerUploads(core, visit);
    case 'upload':
      return answerUpload(core, visit, route.id);
    case 'manifest':
      return answerManifest(core, visit, route.reference);
    default:
      return answerTags(core, visit);
  }
}

function nameInvalid(path: string): AwsError {
  const message = `'${path}' is no repository: those of this registry are named ACCOUNT/REGION/NAME`;
  return registryError('NAME_INVALID', 400, message);
}
