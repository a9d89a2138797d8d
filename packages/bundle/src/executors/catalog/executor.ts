import { executor } from '@ingot/workspace';
import { runCatalog } from './run.ts';

export default executor(runCatalog);
