import { batch } from '@ingot/workspace';
import { runCatalog } from './run.ts';

export default batch(runCatalog);
