import { batch } from '@ingot/workspace';

import { runPack } from './run.ts';

export default batch(runPack);
