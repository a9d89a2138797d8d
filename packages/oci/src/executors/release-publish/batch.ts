import { batch } from '@ingot/workspace';
import { runReleasePublish } from './run.ts';

export default batch(runReleasePublish);
