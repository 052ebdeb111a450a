/** The gateway's question, put to policies: whether the sender of a request may have what it needs. */
import { conditionKeys } from '#kernel/policy/index.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import { isAnonymous } from '#ports/peers/requester.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { Need, ParsedInput, RequestContext, Service } from '../operation.ts';
import { accessDenied } from './refusals.ts';
import { requestKeys } from './request-keys.ts';

export interface AuthoriseOptions {
  readonly services: readonly Pick<Service, 'model' | 'permissions'>[];
  readonly access: AccessControl;
  /** The services' clock: what policies call the current time. */
  readonly clock: Clock;
}

/**
 * Lets an operation pass only where all that it needs is allowed. An operation whose needs nobody wrote down needs
 * its own name, on everything. What comes without a signature is for the service to let in.
 * @throws AwsError AccessDenied and its like, in the service's words
 */
export function createAuthorise({ services, access, clock }: AuthoriseOptions) {
  const tables = new Map(services.map(({ model, permissions }) => [model.name, permissions]));
  return async (
    context: RequestContext,
    model: ServiceModel,
    { name: operation }: Pick<OperationModel, 'name'>,
    input: unknown,
  ): Promise<void> => {
    const { principal, http, region } = context;
    if (isAnonymous(principal)) return;
    const permissions = tables.get(model.name);
    // The gateway parsed it: an input is a structure.
    const call = { operation, context, input: input as ParsedInput };
    const unknown: readonly Need[] = [
      { action: `${model.signingName}:${operation}`, resource: '*' },
    ];
    const needs = (await permissions?.needsOf(call)) ?? unknown;
    if (needs.length === 0 && permissions?.needsOfContents === undefined) return;
    const nowMs = clock.now();
    const more = permissions?.requestKeys?.(http, nowMs);
    const common = requestKeys({ principal, http, region, nowMs }, more);
    const requireAll = async (all: readonly Need[]): Promise<void> => {
      for (const need of all) {
        const { action, resource } = need;
        const keys = new Map([...common, ...conditionKeys(need.keys ?? {})]);
        const who = { kind: 'principal', principal } as const;
        const decision = await access.decide({ who, action, resource, keys });
        if (decision.kind === 'allowed') continue;
        const refusal = permissions?.refusal;
        throw accessDenied({ model, refusal, principal, need, decision });
      }
    };
    await requireAll(needs);
    await requireAll((await permissions?.needsOfContents?.(call)) ?? []);
  };
}
