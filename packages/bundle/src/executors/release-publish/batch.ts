import { batch } from '@ingot/workspace';
import { runReleasePublish } from './run.ts';

/** More at once than there are processors: they wait for the network. */
export default batch(runReleasePublish, 8);
