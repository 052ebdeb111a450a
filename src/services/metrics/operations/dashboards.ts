/** Dashboards are kept and shown; nothing draws them. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
import type {
  DeleteDashboardsInput,
  GetDashboardInput,
  GetDashboardOutput,
  ListDashboardsInput,
  ListDashboardsOutput,
  PutDashboardInput,
  PutDashboardOutput,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidDashboard, invalidToken, invalidValue, noDashboard } from '../errors.ts';
import { DASHBOARD_NAME_CHARACTERS_MAX, DASHBOARDS_PER_PAGE } from '../limits.ts';
import {
  deleteDashboardRow,
  findDashboard,
  listDashboardRows,
  putDashboardRow,
} from '../store-dashboards.ts';

/** The four operations on them. */
export function dashboardOperations(dependencies: MetricsDependencies): Service['operations'] {
  return {
    PutDashboard: putDashboard(dependencies),
    GetDashboard: getDashboard(dependencies),
    ListDashboards: listDashboards(dependencies),
    DeleteDashboards: deleteDashboards(dependencies),
  };
}

function putDashboard({
  database,
  clock,
}: MetricsDependencies): Operation<PutDashboardInput, PutDashboardOutput> {
  return async ({ accountId }, { DashboardName: name, DashboardBody: body }) => {
    checkName(name);
    if (!isObject(parseJson(body))) throw invalidDashboard();
    const dashboard = { name, body, modifiedAtMs: clock.now() };
    await database.transact((tx) => putDashboardRow(tx, accountId, dashboard));
    return { DashboardValidationMessages: [] };
  };
}

/** Recorded: `test_invalid_dashboard_name`, with the line's end. */
function checkName(name: string): void {
  if (!/^[\w-]+$/.test(name)) {
    throw invalidValue(
      'The value for field DashboardName contains invalid characters. ' +
        'It can only contain alphanumerics, dash (-) and underscore (_).\n',
    );
  }
  if (name.length > DASHBOARD_NAME_CHARACTERS_MAX) {
    throw invalidValue(
      `The value for field DashboardName must be at most ${DASHBOARD_NAME_CHARACTERS_MAX} characters.`,
    );
  }
}

function getDashboard({
  database,
}: MetricsDependencies): Operation<GetDashboardInput, GetDashboardOutput> {
  return async ({ accountId }, { DashboardName }) => {
    const found = await database.read((queries) =>
      findDashboard(queries, accountId, DashboardName),
    );
    if (found === undefined) throw noDashboard(DashboardName);
    return {
      DashboardArn: arnOf(accountId, found.name),
      DashboardBody: found.body,
      DashboardName: found.name,
    };
  };
}

function listDashboards({
  database,
}: MetricsDependencies): Operation<ListDashboardsInput, ListDashboardsOutput> {
  return async ({ accountId }, { DashboardNamePrefix: prefix = '', NextToken }) => {
    const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString();
    if (!/^[\w-]*$/.test(after)) throw invalidToken();
    const page = { prefix, after, limit: DASHBOARDS_PER_PAGE + 1 };
    const found = await database.read((queries) => listDashboardRows(queries, accountId, page));
    const shown = found.slice(0, DASHBOARDS_PER_PAGE);
    const last = found.length > shown.length ? shown.at(-1)?.name : undefined;
    return {
      DashboardEntries: shown.map(({ name, body, modifiedAtMs }) => ({
        DashboardArn: arnOf(accountId, name),
        DashboardName: name,
        LastModified: modifiedAtMs,
        Size: Buffer.byteLength(body),
      })),
      ...(last !== undefined && { NextToken: Buffer.from(last).toString('base64url') }),
    };
  };
}

/** All of them, or none where one is not there. */
function deleteDashboards({
  database,
}: MetricsDependencies): Operation<DeleteDashboardsInput, void> {
  return ({ accountId }, { DashboardNames }) =>
    database.transact(async (tx) => {
      for (const name of DashboardNames) {
        if ((await findDashboard(tx, accountId, name)) === undefined) throw noDashboard(name);
      }
      for (const name of DashboardNames) await deleteDashboardRow(tx, accountId, name);
    });
}

function arnOf(accountId: string, name: string): string {
  return formatArn('cloudwatch', '', accountId, `dashboard/${name}`);
}
