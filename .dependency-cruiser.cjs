/** Who may import whom: the rules of ARCHITECTURE.md, by their numbers there. */
const IO =
  '^node:(fs|fs/promises|net|tls|dgram|child_process|sqlite|http|https|http2|worker_threads|os)$';

module.exports = {
  forbidden: [
    { name: '1-no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: '2-kernel-stands-alone',
      severity: 'error',
      from: { path: '^src/kernel', pathNot: '[.]test[.]ts$' },
      to: { pathNot: '^src/kernel', dependencyTypesNot: ['core'] },
    },
    {
      name: '2-kernel-does-no-io',
      severity: 'error',
      from: { path: '^src/kernel' },
      to: { path: IO },
    },
    {
      name: '2-ports-import-kernel-alone',
      severity: 'error',
      from: { path: '^src/ports', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/(?!ports|kernel)' },
    },
    {
      name: '3-services-are-islands',
      severity: 'error',
      from: { path: '^src/services/([^/]+)/', pathNot: '[.]test[.]ts$' },
      to: {
        path: '^src/(services/(?!$1/)|lambda|adapters|compose|cli|billing)',
        pathNot: '^src/services/$1/',
      },
    },
    {
      name: '3-lambda-imports-no-service',
      severity: 'error',
      from: { path: '^src/lambda', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/(services|adapters|compose|cli)' },
    },
    {
      name: '3-aws-knows-no-service',
      severity: 'error',
      from: { path: '^src/aws', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/(services|lambda|adapters|compose|cli|billing)' },
    },
    {
      name: '4-adapters-import-ports-and-kernel',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/(?!adapters/|ports/|kernel/)' },
    },
    {
      name: '4-only-compose-imports-adapters',
      severity: 'error',
      from: { path: '^src/(?!adapters|compose|main)', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/adapters' },
    },
    {
      name: '6-invoke-and-worker-never-import-control',
      severity: 'error',
      from: { path: '^src/lambda/(invoke|worker)', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/lambda/(control|queue)' },
    },
    {
      name: '7-io-in-adapters-alone',
      severity: 'error',
      from: {
        path: '^src/(aws|lambda|services|billing|config|compose|ports)',
        pathNot: '[.]test[.]ts$|^src/aws/gateway|^src/lambda/worker/runtime-api',
      },
      to: { path: IO },
    },
    {
      name: '8-the-cli-speaks-http',
      severity: 'error',
      from: { path: '^src/cli' },
      to: { path: '^src/(?!cli/|kernel/|aws/models/|config/)' },
    },
    {
      name: 'no-test-is-imported',
      severity: 'error',
      from: { path: '^src', pathNot: '[.]test[.]ts$' },
      to: { path: '[.]test[.]ts$|^test/|^bench/|^runtimes/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'tsc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
