import { executor } from '@ingot/workspace';
import { runPublish } from './run.ts';

export default executor(runPublish);
