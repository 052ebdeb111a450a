export { SimulatedClock } from './simulated-clock.ts';
export { SeededRandom } from './seeded-random.ts';
