/** To which service a request goes: by what its client says, never by what the service is. */
import { connectionPathOf } from './execute-api/index.ts';
import type { ServiceModel } from './model.ts';
import type { RequestHead } from './operation.ts';

/** A request's service, or what it asked for where nobody here is that. */
export type Destination =
  | { readonly kind: 'service'; readonly model: ServiceModel }
  | { readonly kind: 'unknown'; readonly name: string };

/** A destination, or a form whose `Action`, in the body, names it. */
export type Route = Destination | { readonly kind: 'form' };

export interface Router {
  /** @param scopeService the service that the signature's scope names, where there is a signature */
  route(head: RequestHead, scopeService: string | undefined): Route;
  /** The service of an unsigned form. */
  routeForm(form: URLSearchParams): Destination;
}

/** Paths of dated APIs begin with their date; no bucket is likely to be named so. */
const DATED_PATH = /^\/(\d{4}-\d{2}-\d{2})\//;
/** An account, and a name in it: whom a form is for can be told by its path. */
const QUEUE_PATH = /^\/\d{12}\/[\w.-]+$/;
const CBOR_PREFIX = '/service/';
const CBOR_PATH = /^\/service\/([^/]+)\/operation\/[^/]+$/;

/** A router over models; of several that fit, the first in their order wins. */
export function createRouter(models: readonly ServiceModel[]): Router {
  const byTarget = new Map(models.map((model) => [model.targetPrefix, model]));
  const bySigningName = Map.groupBy(models, (model) => model.signingName);
  const byEndpoint = new Map(models.map((model) => [model.endpointPrefix, model]));
  const storage = models.find((model) => model.name === 's3');
  const connections = models.find((model) => model.signingName === 'execute-api');
  let dated: ReadonlyMap<string, ServiceModel> | undefined;

  function byName(head: RequestHead): ServiceModel | undefined {
    if (head.path.startsWith(CBOR_PREFIX)) {
      const cbor = CBOR_PATH.exec(head.path)?.[1];
      if (cbor !== undefined) return byTarget.get(cbor);
    }
    const target = head.headers['x-amz-target'];
    return target === undefined
      ? undefined
      : byTarget.get(target.slice(0, target.lastIndexOf('.')));
  }

  function byHost(head: RequestHead): ServiceModel | undefined {
    const [first = '', second = ''] = hostOf(head).split('.');
    return byEndpoint.get(`${first}.${second}`) ?? byEndpoint.get(first);
  }

  return {
    route(head, scopeService) {
      const named = byName(head);
      if (named !== undefined) return service(named);
      if (scopeService !== undefined) {
        const candidates = bySigningName.get(scopeService);
        const model = candidates && chooseByPath(candidates, head);
        return model ? service(model) : { kind: 'unknown', name: scopeService };
      }
      if (connections !== undefined && connectionPathOf(head, false) !== undefined) {
        return service(connections);
      }
      dated ??= datedPaths(models);
      const hinted = dated.get(DATED_PATH.exec(head.path)?.[1] ?? '') ?? byHost(head);
      if (hinted !== undefined) return service(hinted);
      if (isForm(head)) return { kind: 'form' };
      return storage ? service(storage) : { kind: 'unknown', name: 's3' };
    },

    routeForm(form) {
      const action = form.get('Action') ?? '';
      const version = form.get('Version');
      const candidates = models.filter((model) => model.protocols.includes('awsQuery'));
      const model =
        candidates.find((one) => one.apiVersion === version && one.operation(action)) ??
        candidates.find((one) => one.operation(action));
      return model ? service(model) : { kind: 'unknown', name: action };
    },
  };
}

function service(model: ServiceModel): Destination {
  return { kind: 'service', model };
}

/** Where two services sign by one name, the later API's paths begin with its version: `/v2/apis`. */
function chooseByPath(
  models: readonly ServiceModel[],
  head: RequestHead,
): ServiceModel | undefined {
  if (models.length === 1) return models[0];
  const versioned = /^\/(v\d+)(?:\/|$)/.exec(head.path)?.[1];
  return (
    models.find((model) => versioned !== undefined && model.name.endsWith(versioned)) ?? models[0]
  );
}

/** Which service's REST paths begin with which date. */
function datedPaths(models: readonly ServiceModel[]): ReadonlyMap<string, ServiceModel> {
  const dated = new Map<string, ServiceModel>();
  for (const model of models) {
    if (!model.protocols.includes('restJson1')) continue;
    for (const name of model.operationNames()) {
      const date = DATED_PATH.exec(model.operation(name)?.http.uri ?? '')?.[1];
      if (date !== undefined) dated.set(date, model);
    }
  }
  return dated;
}

function isForm({ method, path, headers, query }: RequestHead): boolean {
  if (query.has('Action') && (path === '/' || QUEUE_PATH.test(path))) return true;
  const type = headers['content-type'] ?? '';
  const isPlace = path === '/' || QUEUE_PATH.test(path);
  return method === 'POST' && isPlace && type.startsWith('application/x-www-form-urlencoded');
}

/** The host without its port, in lower case. */
export function hostOf(head: Pick<RequestHead, 'headers'>): string {
  return (head.headers['host'] ?? '').toLowerCase().replace(/:\d+$/, '');
}

const S3_HOST = /^(?:(.+)\.)?s3(?:-[a-z0-9-]+)?(?:\.|$)/;

/**
 * The bucket that a host names: of `bucket.s3.localhost`, `bucket.s3.eu-west-1.amazonaws.com`, and of
 * `bucket.HOST` for each base host; `undefined` for path style.
 */
export function bucketOfHost(host: string, baseHosts: readonly string[]): string | undefined {
  const match = S3_HOST.exec(host);
  if (match !== null) return match[1];
  const base = baseHosts.find((one) => host.endsWith(`.${one}`));
  return base === undefined ? undefined : host.slice(0, -base.length - 1);
}
