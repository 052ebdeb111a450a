import { isObject } from '#kernel/json.ts';
import type { AwsClient } from '../aws-client.ts';
import type { CliCommand } from '../command.ts';
import { table } from '../output.ts';

/** `hearth functions`: what is deployed. */
export const functions: CliCommand = {
  name: 'functions',
  summary: 'list the functions',
  examples: ['hearth functions', 'hearth functions --output json'],
  run: async ({ client, output }) => {
    const found = await listFunctions(client());
    output.value(found, () => {
      if (found.length === 0) return 'No function yet. Deploy one with `hearth deploy DIR`.';
      const rows = found.map((entry) => [
        String(entry['FunctionName']),
        String(entry['Runtime'] ?? entry['PackageType']),
        `${String(entry['MemorySize'])} MB`,
        `${String(entry['Timeout'])} s`,
        String(entry['LastModified']),
      ]);
      return table([['name', 'runtime', 'memory', 'timeout', 'modified'], ...rows]);
    });
  },
};

async function listFunctions(client: AwsClient): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let marker = '';
  do {
    const query = marker === '' ? '' : `?Marker=${encodeURIComponent(marker)}`;
    const path = `/2015-03-31/functions/${query}`;
    const page = await client.json({ service: 'lambda', method: 'GET', path });
    if (Array.isArray(page['Functions'])) found.push(...page['Functions'].filter(isObject));
    marker = typeof page['NextMarker'] === 'string' ? page['NextMarker'] : '';
  } while (marker !== '');
  return found;
}
