/**
 * The language of IAM's policies: parsed, evaluated, decided. Pure.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html
 */
export { decide, type Decision, type IdentityPolicies, type PolicyKind } from './decide.ts';
export { compilePolicy, parsePolicy, type Policy } from './document.ts';
export { evaluateResource } from './evaluate.ts';
export { PolicyCache } from './policy-cache.ts';
export { conditionKeys } from './request.ts';
export type { ConditionKeys, PolicyRequest, Requester } from './request.ts';
