import { executor } from '@ingot/workspace';
import { runReleasePublish } from './run.ts';

export default executor(runReleasePublish);
