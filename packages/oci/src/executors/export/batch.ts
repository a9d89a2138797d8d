import { batch } from '@ingot/workspace';
import { runExport } from './run.ts';

export default batch(runExport);
