import { batch } from '@ingot/workspace';

import { runPlan } from './run.ts';

export default batch(runPlan);
