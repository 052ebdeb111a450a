/** A server as far as sandboxes go: starts some, prints who they are, and waits to be killed. */
import { launchSleepers, openDriver } from './sandboxed.ts';

const SLEEPERS = 3;

// Never disposed: this process is killed.
const { driver, directory } = await openDriver();
await launchSleepers(driver, SLEEPERS);
console.log(directory);
setInterval(() => {}, 60_000);
