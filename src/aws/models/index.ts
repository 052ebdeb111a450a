/** AWS's models of the services that Hearth speaks. */
import type { ServiceModel } from '../model.ts';
import { apigateway } from './apigateway.gen.ts';
import { apigatewaymanagementapi } from './apigatewaymanagementapi.gen.ts';
import { apigatewayv2 } from './apigatewayv2.gen.ts';
import { cloudformation } from './cloudformation.gen.ts';
import { cloudwatch } from './cloudwatch.gen.ts';
import { dynamodb } from './dynamodb.gen.ts';
import { dynamodbstreams } from './dynamodbstreams.gen.ts';
import { ecr } from './ecr.gen.ts';
import { events } from './events.gen.ts';
import { iam } from './iam.gen.ts';
import { kinesis } from './kinesis.gen.ts';
import { lambda } from './lambda.gen.ts';
import { logs } from './logs.gen.ts';
import { s3 } from './s3.gen.ts';
import { scheduler } from './scheduler.gen.ts';
import { sns } from './sns.gen.ts';
import { sqs } from './sqs.gen.ts';
import { ssm } from './ssm.gen.ts';
import { sts } from './sts.gen.ts';

/** All models, sorted by name. None is read before it is asked something. */
export const MODELS: readonly ServiceModel[] = [
  apigateway,
  apigatewaymanagementapi,
  apigatewayv2,
  cloudformation,
  cloudwatch,
  dynamodb,
  dynamodbstreams,
  ecr,
  events,
  iam,
  kinesis,
  lambda,
  logs,
  s3,
  scheduler,
  sns,
  sqs,
  ssm,
  sts,
];
