import { executor } from '@ingot/workspace';
import { runBoot } from './run.ts';

export default executor(runBoot);
