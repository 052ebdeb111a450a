export { chooseDriver } from './choose-driver.ts';
export type { DriverOptions } from './choose-driver.ts';
