import { executor } from '@ingot/workspace';

import { runPack } from './run.ts';

export default executor(runPack);
