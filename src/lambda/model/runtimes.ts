/** Which runtimes a function may have. Which of them can run here, the invoke plane's table says. */

/**
 * Runtimes with which a function may be created, in the order in which AWS lists them.
 * @see recording `lambda_api: TestLambdaFunction::test_create_lambda_exceptions`, January 2026
 */
export const LISTED_RUNTIMES: readonly string[] = [
  'nodejs20.x',
  'python3.14',
  'provided.al2023',
  'python3.12',
  'python3.13',
  'nodejs24.x',
  'nodejs22.x',
  'java25',
  'python3.10',
  'python3.11',
  'java21',
  'ruby3.3',
  'ruby3.4',
  'ruby3.2',
  'python3.8',
  'python3.9',
  'java17',
  'nodejs16.x',
  'dotnet10',
  'dotnet8',
  'java11',
  'dotnet6',
  'nodejs18.x',
  'provided.al2',
  'java8.al2',
];

/** Came after the list was recorded. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const NEWER_RUNTIMES: readonly string[] = ['nodejs26.x', 'ruby4.0'];

/** Were runtimes once; AWS refuses them by name. */
const RETIRED_RUNTIMES: readonly string[] = [
  'nodejs',
  'nodejs4.3',
  'nodejs4.3-edge',
  'nodejs6.10',
  'nodejs8.10',
  'nodejs10.x',
  'nodejs12.x',
  'nodejs14.x',
  'python2.7',
  'python3.6',
  'python3.7',
  'java8',
  'dotnetcore1.0',
  'dotnetcore2.0',
  'dotnetcore2.1',
  'dotnetcore3.1',
  'dotnet5.0',
  'dotnet7',
  'go1.x',
  'ruby2.5',
  'ruby2.7',
  'provided',
];

export type RuntimeStatus = 'supported' | 'retired' | 'unknown';

/** Whether a function may be created with, or updated to, a runtime. Names are case-sensitive. */
export function runtimeStatus(runtime: string): RuntimeStatus {
  if (LISTED_RUNTIMES.includes(runtime) || NEWER_RUNTIMES.includes(runtime)) return 'supported';
  return RETIRED_RUNTIMES.includes(runtime) ? 'retired' : 'unknown';
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes */
export function hasSnapStart(runtime: string): boolean {
  const version = /^(java|python|dotnet)(?:3\.)?(\d+)/.exec(runtime);
  const first = { java: 11, python: 12, dotnet: 8 }[version?.[1] ?? ''];
  return first !== undefined && Number(version?.[2]) >= first;
}
