/** Every type of resources that can be made here. */
import { DATA_TYPES } from './data.ts';
import { EVENTING_TYPES } from './eventing.ts';
import { HTTP_API_TYPES } from './http-apis.ts';
import { IAM_TYPES } from './iam.ts';
import { LAMBDA_TYPES } from './lambda.ts';
import { MESSAGING_TYPES } from './messaging.ts';
import { MONITORING_TYPES } from './monitoring.ts';
import type { ResourceType } from './resource-type.ts';
import { REST_API_TYPES } from './rest-apis.ts';
import { S3_TYPES } from './s3.ts';
import { STACK_TYPES } from './stacks.ts';

export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({
    ...DATA_TYPES,
    ...EVENTING_TYPES,
    ...HTTP_API_TYPES,
    ...IAM_TYPES,
    ...LAMBDA_TYPES,
    ...MESSAGING_TYPES,
    ...MONITORING_TYPES,
    ...REST_API_TYPES,
    ...S3_TYPES,
    ...STACK_TYPES,
  }),
);
