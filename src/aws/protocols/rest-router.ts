/** Finds a REST operation by method, path and query. Compiled once a service, from its model alone. */
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { RequestHead } from '../operation.ts';

export interface RouteMatch {
  readonly operation: OperationModel;
  /** By label: the path's piece, still encoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a request must carry beside method and path. */
interface Candidate {
  readonly operation: OperationModel;
  /** `acl`, or `list-type` with its value. */
  readonly literals: readonly (readonly [string, string | undefined])[];
  readonly queries: readonly string[];
  readonly headers: readonly string[];
  readonly labelNames: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  label: Node | undefined;
  /** Operations that end here, by method, those that ask the most first. */
  readonly ends: Map<string, Candidate[]>;
  /** Operations whose last label takes all that is left. */
  readonly greedyEnds: Map<string, Candidate[]>;
}

interface Router {
  readonly root: Node;
  /** Matches that nothing but method and path decided, by their path. */
  readonly settled: BoundedMap<RouteMatch>;
}

const routers = new WeakMap<ServiceModel, Router>();
/** Paths that are remembered, and how long they are: clients call the same few functions again and again. */
const SETTLED_MAX = 256;
const SETTLED_PATH_LENGTH_MAX = 256;

/** The operation that a request names, or `undefined`. A query or header that an operation requires tells it apart. */
export function matchRoute(model: ServiceModel, head: RequestHead): RouteMatch | undefined {
  let router = routers.get(model);
  if (!router) {
    router = { root: compile(model), settled: new BoundedMap(SETTLED_MAX) };
    routers.set(model, router);
  }
  const { method, path } = head;
  const known = router.settled.get(path);
  if (known?.operation.http.method === method) return known;
  const search: Search = { head, values: [], isSettled: true };
  const match = walk(router.root, path.replace(/^\//, '').split('/'), 0, search);
  if (match && search.isSettled && path.length <= SETTLED_PATH_LENGTH_MAX) {
    router.settled.set(path, match);
  }
  return match;
}

interface Search {
  readonly head: RequestHead;
  /** Values of the labels passed so far: a way that was wrong takes its own back. */
  readonly values: string[];
  /** Whether no query and no header decided anything. */
  isSettled: boolean;
}

function walk(
  node: Node,
  segments: readonly string[],
  at: number,
  search: Search,
): RouteMatch | undefined {
  const isEnd = at === segments.length || (at === segments.length - 1 && segments[at] === '');
  if (isEnd) return choose(node.ends, search);
  const segment = segments[at] ?? '';
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, segments, at + 1, search);
  if (found) return found;
  if (node.label && segment !== '') {
    search.values.push(segment);
    const labelled = walk(node.label, segments, at + 1, search);
    if (labelled) return labelled;
    search.values.pop();
  }
  if (node.greedyEnds.size === 0) return undefined;
  search.values.push(segments.slice(at).join('/'));
  const greedy = choose(node.greedyEnds, search);
  search.values.pop();
  return greedy;
}

/**
 * The operations whose literals all match, those with most literals alone; of these the first whose required
 * members are all there, else the least demanding: what it lacks is then a matter of validation.
 */
function choose(ends: Node['ends'], search: Search): RouteMatch | undefined {
  const { head, values } = search;
  const candidates = ends.get(head.method) ?? [];
  if (candidates.length > 1 || candidates[0]?.literals.length) search.isSettled = false;
  let fallback: Candidate | undefined;
  let chosen: Candidate | undefined;
  for (const candidate of candidates) {
    if (fallback && candidate.literals.length < fallback.literals.length) break;
    if (!hasLiterals(candidate, head)) continue;
    fallback = candidate;
    if (!hasRequired(candidate, head)) continue;
    chosen = candidate;
    break;
  }
  const candidate = chosen ?? fallback;
  if (!candidate) return undefined;
  const labels: Record<string, string> = {};
  for (let at = 0; at < candidate.labelNames.length; at += 1) {
    labels[candidate.labelNames[at] ?? ''] = values[at] ?? '';
  }
  return { operation: candidate.operation, labels };
}

function hasLiterals({ literals }: Candidate, { query }: RequestHead): boolean {
  if (literals.length > query.size) return false;
  return literals.every(([name, value]) =>
    value === undefined ? query.has(name) : query.get(name) === value,
  );
}

function hasRequired({ queries, headers }: Candidate, head: RequestHead): boolean {
  return (
    queries.every((name) => head.query.has(name)) &&
    headers.every((name) => head.headers[name] !== undefined)
  );
}

function compile(model: ServiceModel): Node {
  const root = emptyNode();
  for (const name of model.operationNames()) {
    const operation = model.operation(name);
    if (operation) addOperation(root, operation);
  }
  return root;
}

function emptyNode(): Node {
  return { literals: new Map(), label: undefined, ends: new Map(), greedyEnds: new Map() };
}

function addOperation(root: Node, operation: OperationModel): void {
  const [path = '', query = ''] = operation.http.uri.split('?', 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  const labelNames: string[] = [];
  let node = root;
  let isGreedy = false;
  for (const segment of segments) {
    const label = /^\{([^}+]+)(\+?)\}$/.exec(segment);
    if (!label) {
      node = childOf(node, segment);
      continue;
    }
    labelNames.push(label[1] ?? '');
    isGreedy = label[2] === '+';
    if (!isGreedy) node = node.label ??= emptyNode();
  }
  const ends = isGreedy ? node.greedyEnds : node.ends;
  const { method } = operation.http;
  const candidates = ends.get(method) ?? [];
  candidates.push(candidateOf(operation, query, labelNames));
  candidates.sort((a, b) => demands(b) - demands(a) || age(a) - age(b));
  ends.set(method, candidates);
}

function childOf(node: Node, segment: string): Node {
  const known = node.literals.get(segment);
  if (known) return known;
  const child = emptyNode();
  node.literals.set(segment, child);
  return child;
}

function candidateOf(
  operation: OperationModel,
  query: string,
  labelNames: readonly string[],
): Candidate {
  const required = operation.input.members.filter(({ isRequired }) => isRequired);
  const literals = query.split('&').filter((part) => part !== '');
  return {
    operation,
    literals: literals.map((part) => {
      const [name = '', value] = part.split('=', 2);
      return [name, value] as const;
    }),
    queries: required
      .filter(({ location }) => location === 'querystring')
      .map(({ wireName }) => wireName),
    headers: required
      .filter(({ location }) => location === 'header')
      .map(({ headerName }) => headerName),
    labelNames,
  };
}

/** Of two operations with one binding the older is never called. */
const age = ({ operation }: Candidate): number => Number(operation.isDeprecated);

/** A literal of the path's query weighs more than a required member: `?analytics` before `?id=`. */
function demands({ literals, queries, headers }: Candidate): number {
  return literals.length * 100 + queries.length * 10 + headers.length;
}
