import type { CliCommand } from '../command.ts';

/** `hearth credentials`: how other clients reach the server. */
export const credentials: CliCommand = {
  name: 'credentials',
  summary: 'show the keys with which any AWS client reaches the server',
  examples: ['eval "$(hearth credentials --format env)"', 'hearth credentials --format json'],
  configure: (command) =>
    command.option('--format <format>', 'env (lines for a shell) or json', 'env'),
  run: ({ server, output, options, fail }) => {
    const { accessKeyId, secretAccessKey, region, endpoint, accountId } = server();
    const format = output.format === 'json' ? 'json' : options['format'];
    if (format === 'json') {
      const keys = { accessKeyId, secretAccessKey, region, endpoint, accountId };
      output.line(JSON.stringify(keys, null, 2));
      return;
    }
    if (format !== 'env') throw fail(`--format takes env or json, not ${String(format)}.`);
    output.line(`export AWS_ACCESS_KEY_ID=${accessKeyId}`);
    output.line(`export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
    output.line(`export AWS_REGION=${region}`);
    output.line(`export AWS_DEFAULT_REGION=${region}`);
    output.line(`export AWS_ENDPOINT_URL=${endpoint}`);
  },
};
