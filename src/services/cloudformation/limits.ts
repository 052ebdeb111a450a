/**
 * CloudFormation's quotas.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
import { HOUR_MS, KIB, MIB } from '#kernel/units.ts';

/** Of a template that comes with the request. */
export const BODY_BYTES_MAX = 51_200;
/** Of a template in S3. */
export const OBJECT_BYTES_MAX = 1 * MIB;
/** How deep lists and objects of a template may stand in one another: ours, far beyond what anybody writes. */
export const TEMPLATE_DEPTH_MAX = 200;
/** Of a stack's policy, wherever it stands. */
export const POLICY_BYTES_MAX = 16 * KIB;
export const RESOURCES_MAX = 500;
export const OUTPUTS_MAX = 200;
export const PARAMETERS_MAX = 200;
/** How long a custom resource may take, at the most; its `ServiceTimeout` says less. */
export const CUSTOM_RESOURCE_MS = 1 * HOUR_MS;
/** How long is waited until something is what it is to be, a nested stack with all its own among them: ours. */
export const STABILIZATION_MS = 24 * HOUR_MS;
/** Of what a custom resource answers. */
export const RESPONSE_BYTES_MAX = 4 * KIB;
export const EVENTS_PER_PAGE = 100;
export const STACKS_PER_PAGE = 100;
/** How often a template may have parts of it brought in from S3: ours. */
export const INCLUDES_MAX = 50;
/** Items of one loop of a template, and how many stand in one another. @see for-each.ts */
export const LOOP_ITEMS_MAX = 100;
export const LOOPS_DEEP_MAX = 5;
/** How many resources of one stack are worked on at a time; ours. */
export const PARALLEL_RESOURCES = 16;
/** What one value of a template may take to be evaluated, functions in functions counted each: ours. */
export const EVALUATION_STEPS_MAX = 500_000;
/** Characters that the functions of one value may put together: ours, as many as a template has. */
export const EVALUATION_CHARACTERS_MAX = 1 * MIB;
/** How many stacks may stand in one another, the outermost not counted: ours. AWS names no number. */
export const NESTED_DEPTH_MAX = 10;
/** Of an account and Region. */
export const STACKS_MAX = 2000;
