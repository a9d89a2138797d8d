import { batch } from '@ingot/workspace';
import { runExport } from '../../image/run-export.ts';

export default batch(runExport);
