/** Protocols, and the endpoints that they take. */
import { parseArn } from '#kernel/arn.ts';
import { invalidParameter, invalidSms } from './errors.ts';
import { isEndpointArn } from './platform.ts';

const CONFIRMED_AT_ONCE: readonly string[] = ['sqs', 'lambda', 'sms', 'application', 'firehose'];

/** Whether the endpoint need not confirm: AWS asks only those that are outside. */
export function isConfirmedAtOnce(protocol: string): boolean {
  return CONFIRMED_AT_ONCE.includes(protocol);
}

/**
 * Checks an endpoint.
 * @throws AwsError InvalidParameter; recorded: `test_subscribe_with_invalid_protocol`, `test_subscribe_to_sqs_with_queue_url`,
 * `test_subscribe_invalid_sms`
 */
export function checkEndpoint(protocol: string, endpoint: string, isFifo: boolean): void {
  switch (protocol) {
    case 'sqs':
      checkQueue(endpoint, isFifo);
      return;
    case 'lambda':
      checkPush(isFifo);
      if (parseArn(endpoint)?.service !== 'lambda') throw invalidParameter('Lambda endpoint ARN');
      return;
    case 'http':
    case 'https':
      checkPush(isFifo);
      if (endpoint.startsWith(`${protocol}://`)) return;
      throw invalidParameter('Endpoint must match the specified protocol');
    case 'email':
    case 'email-json':
      checkPush(isFifo);
      if (!endpoint.includes('@')) throw invalidParameter('Email address');
      return;
    case 'sms':
      checkPush(isFifo);
      if (!/^\+?\d+(?:[-./ ]?\d+)*$/.test(endpoint)) throw invalidSms(endpoint);
      return;
    case 'application':
      checkPush(isFifo);
      if (!isEndpointArn(endpoint)) throw invalidParameter('Application endpoint ARN');
      return;
    case 'firehose':
      checkPush(isFifo);
      if (parseArn(endpoint)?.service !== 'firehose') throw invalidParameter('Firehose ARN');
      return;
    default: {
      const reason = 'Amazon SNS does not support this protocol string';
      throw invalidParameter(`${reason}: ${protocol}`);
    }
  }
}

function checkQueue(endpoint: string, isFifo: boolean): void {
  const arn = parseArn(endpoint);
  if (arn?.service !== 'sqs') throw invalidParameter('SQS endpoint ARN');
  if (isFifo || !arn.resource.endsWith('.fifo')) return;
  const reason = 'FIFO SQS Queues can not be subscribed to standard SNS topics';
  throw invalidParameter(`Invalid parameter: Endpoint Reason: ${reason}`);
}

/** Only queues keep the order of a FIFO topic. */
function checkPush(isFifo: boolean): void {
  if (!isFifo) return;
  throw invalidParameter('Invalid parameter: Endpoint Reason: Please use FIFO SQS queue');
}
