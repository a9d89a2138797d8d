import { executor } from '@ingot/workspace';
import { runPlan } from './run.ts';

export default executor(runPlan);
