/**
 * What policies would decide, without anything being done.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
import type {
  ContextEntry,
  EvaluationResult,
  SimulateCustomPolicyRequest,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '#aws/models/iam.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import {
  conditionKeys,
  decide,
  parsePolicy,
  type ConditionKeys,
  type Decision,
  type Policy,
} from '#kernel/policy/index.ts';
import type { IamDependencies } from '../dependencies.ts';
import { invalidInput } from '../errors.ts';
import { readHolder } from '../identity.ts';
import { pageOf } from '../paging.ts';
import { checkIdentityPolicy } from '../policy-document.ts';
import { getEntity } from '../store-entities.ts';

/** What both operations are given, but for whose policies they are. */
type Simulation = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'>;

/** Policies as JSON, of an identity at an ARN. */
interface Simulated {
  readonly callerArn: string | undefined;
  readonly policies: readonly string[];
  readonly boundaries: readonly string[];
}

/** `SimulateCustomPolicy` and `SimulatePrincipalPolicy`. */
export function simulationOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    SimulateCustomPolicy: simulateCustomPolicy,
    SimulatePrincipalPolicy: simulatePrincipalPolicy(dependencies),
  };
}

const simulateCustomPolicy: Operation<SimulateCustomPolicyRequest, SimulatePolicyResponse> = async (
  _,
  input,
) =>
  simulate(input, {
    callerArn: input.CallerArn,
    policies: checked(input.PolicyInputList),
    boundaries: checked(input.PermissionsBoundaryPolicyInputList),
  });

function simulatePrincipalPolicy({
  database,
}: IamDependencies): Operation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> {
  return async (_, input) => {
    const { PolicySourceArn: sourceArn, CallerArn: callerArn = sourceArn } = input;
    const { accountId = '', resource = '' } = parseArn(sourceArn) ?? {};
    const [kind] = resource.split('/');
    if (kind !== 'user' && kind !== 'group' && kind !== 'role') {
      throw invalidInput(`Invalid Entity Arn: ${sourceArn}`);
    }
    const name = resource.slice(resource.lastIndexOf('/') + 1);
    const stored = await database.read(async (queries) =>
      readHolder(queries, await getEntity(queries, accountId, kind, name)),
    );
    const given = checked(input.PermissionsBoundaryPolicyInputList);
    const own = stored.boundary === undefined ? [] : [stored.boundary];
    return simulate(input, {
      callerArn,
      policies: [...stored.policies, ...checked(input.PolicyInputList)],
      // A boundary that is given takes the place of the identity's own.
      boundaries: given.length > 0 ? given : own,
    });
  };
}

/** @throws AwsError InvalidInput */
function checked(policies: readonly string[] = []): readonly string[] {
  try {
    for (const policy of policies) checkIdentityPolicy(policy);
  } catch (error) {
    throw error instanceof AwsError ? invalidInput(error.message) : error;
  }
  return policies;
}

function simulate(input: Simulation, simulated: Simulated): SimulatePolicyResponse {
  const { ActionNames: actions, ResourceArns: resources = ['*'] } = input;
  const all = actions.flatMap((action) =>
    resources.map((resource) => resultOf(input, simulated, action, resource)),
  );
  const numbered = all.map((result, index) => ({ result, key: String(index).padStart(9, '0') }));
  const { elements, rest } = pageOf(numbered, ({ key }) => key, input);
  return { EvaluationResults: elements.map(({ result }) => result), ...rest };
}

function resultOf(
  { ContextEntries: entries = [], ResourcePolicy: guard, ResourceOwner: owner }: Simulation,
  { callerArn, policies, boundaries }: Simulated,
  action: string,
  resource: string,
): EvaluationResult {
  const accountId = parseArn(callerArn ?? '')?.accountId;
  const keys = keysOf(entries);
  const boundary = boundaries.map(parsePolicy).at(0);
  const identity = policies.map(parsePolicy);
  const guarding = guard === undefined ? undefined : parsePolicy(guard);
  const ownerId = parseArn(owner ?? resource)?.accountId ?? '';
  const decision = decide({
    request: { action, resource, keys },
    requester: {
      names: callerArn === undefined ? [] : [callerArn],
      ...(accountId === undefined ? {} : { accountId }),
    },
    own: { identity, ...(boundary === undefined ? {} : { boundary }) },
    ...(guarding === undefined ? {} : { resource: guarding }),
    isOwnAccount: ownerId === '' || accountId === undefined || ownerId === accountId,
  });
  const all = [...identity, ...[boundary ?? [], guarding ?? []].flat()];
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: DECISIONS[decision.kind],
    MatchedStatements: [],
    MissingContextValues: missingKeys(all, keys),
    ...(boundary !== undefined && {
      PermissionsBoundaryDecisionDetail: {
        AllowedByPermissionsBoundary: !isByBoundary(decision),
      },
    }),
  };
}

const DECISIONS: Readonly<Record<Decision['kind'], string>> = {
  allowed: 'allowed',
  denied: 'explicitDeny',
  'not-allowed': 'implicitDeny',
};

function isByBoundary(decision: Decision): boolean {
  return decision.kind !== 'allowed' && decision.by === 'permissions boundary';
}

function keysOf(entries: readonly ContextEntry[]): ConditionKeys {
  const pairs = entries.map(({ ContextKeyName: name = '', ContextKeyValues: values = [] }) => [
    name,
    values,
  ]);
  // Pairs of names and values, as made above.
  return conditionKeys(Object.fromEntries(pairs) as Record<string, readonly string[]>);
}

/** The condition keys for which the policies ask and the simulation has nothing. */
function missingKeys(policies: readonly Policy[], keys: ConditionKeys): readonly string[] {
  const asked = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)),
  );
  return [...new Set(asked)].filter((key) => !keys.has(key)).toSorted();
}
