/** Every type of resources that can be made here. */
import { CODE_SIGNING_TYPES } from './code-signing.ts';
import { DATA_PART_TYPES } from './data-parts.ts';
import { DATA_TYPES } from './data.ts';
import { DOMAIN_NAME_TYPES } from './domain-names.ts';
import { EVENT_PART_TYPES } from './event-parts.ts';
import { EVENTING_TYPES } from './eventing.ts';
import { HTTP_API_TYPES } from './http-apis.ts';
import { IAM_PART_TYPES } from './iam-parts.ts';
import { IAM_TYPES } from './iam.ts';
import { IMAGE_TYPES } from './images.ts';
import { LAMBDA_TYPES } from './lambda.ts';
import { LOG_PART_TYPES } from './log-parts.ts';
import { MESSAGING_TYPES } from './messaging.ts';
import { MONITORING_TYPES } from './monitoring.ts';
import type { ResourceType } from './resource-type.ts';
import { REST_API_EXTRA_TYPES } from './rest-api-extras.ts';
import { REST_API_TYPES } from './rest-apis.ts';
import { S3_TYPES } from './s3.ts';
import { STACK_TYPES } from './stacks.ts';

export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({
    ...CODE_SIGNING_TYPES,
    ...DATA_PART_TYPES,
    ...DATA_TYPES,
    ...DOMAIN_NAME_TYPES,
    ...EVENT_PART_TYPES,
    ...EVENTING_TYPES,
    ...HTTP_API_TYPES,
    ...IAM_PART_TYPES,
    ...IAM_TYPES,
    ...IMAGE_TYPES,
    ...LAMBDA_TYPES,
    ...LOG_PART_TYPES,
    ...MESSAGING_TYPES,
    ...MONITORING_TYPES,
    ...REST_API_EXTRA_TYPES,
    ...REST_API_TYPES,
    ...S3_TYPES,
    ...STACK_TYPES,
  }),
);
