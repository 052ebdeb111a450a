/** A server and AWS's client of CloudFormation, with what tests of stacks ask again and again. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExampleServer } from '../../examples/server.ts';

const LOOK_MS = 50;
const DEADLINE_MS = 120_000;

/** A client with nothing but endpoint and credentials set. */
export function cloudformationOf({ endpoint, region, credentials }: ExampleServer) {
  return new CloudFormationClient({ endpoint, region, credentials, maxAttempts: 1 });
}

/** Creates a stack, and answers its id. */
export async function createStack(
  client: CloudFormationClient,
  StackName: string,
  template: object | string,
  more: object = {},
): Promise<string> {
  const TemplateBody = typeof template === 'string' ? template : JSON.stringify(template);
  const Capabilities = ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const;
  const input = { StackName, TemplateBody, Capabilities: [...Capabilities], ...more };
  const { StackId = '' } = await client.send(new CreateStackCommand(input));
  return StackId;
}

/** Waits until a stack is at rest. */
export async function atRest(client: CloudFormationClient, StackName: string): Promise<Stack> {
  for (const deadlineMs = Date.now() + DEADLINE_MS; ;) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (stack?.StackStatus?.endsWith('_IN_PROGRESS') === false) return stack;
    if (Date.now() > deadlineMs) throw new Error(`${StackName} is still ${stack?.StackStatus}`);
    await sleep(LOOK_MS);
  }
}

/** What happened to a stack, the oldest first: `Queue CREATE_COMPLETE`. */
export async function eventsOf(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`).toReversed();
}

/** Outputs by their keys. */
export function outputsOf({ Outputs = [] }: Stack): Record<string, string | undefined> {
  return Object.fromEntries(Outputs.map((one) => [one.OutputKey ?? '', one.OutputValue]));
}
