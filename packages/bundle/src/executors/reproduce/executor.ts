import { executor } from '@ingot/workspace';
import { runReproduction } from './run.ts';

export default executor(runReproduction);
