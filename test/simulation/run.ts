/** `npm run sim -- --seed N [--ticks M] [--count C] [--trace] [--jumps]`: plays seeds from N on, and shows what is broken. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { failureText } from './failure-text.ts';
import { simulate } from './simulation.ts';

const TICKS_DEFAULT = 120;
const SEED_MAX = 2 ** 31;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    ticks: { type: 'string', default: String(TICKS_DEFAULT) },
    count: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    jumps: { type: 'boolean', default: false },
  },
});
const first = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed);
const ticks = Number(values.ticks);

for (let seed = first; seed < first + Number(values.count); seed += 1) {
  const startedAtMs = performance.now();
  const result = await simulate({ seed, ticks, hasJumps: values.jumps });
  if (values.trace) console.log(result.trace.lines.join('\n'));
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`seed ${seed}: ${result.summary}, hash ${result.hash}, ${seconds} s`);
  if (result.broken.length === 0) continue;
  console.error(failureText(result, ticks, values.jumps ? ' --jumps' : ''));
  process.exit(1);
}
