import { executor } from '@ingot/workspace';
import { runRootfs } from './run.ts';

export default executor(runRootfs);
