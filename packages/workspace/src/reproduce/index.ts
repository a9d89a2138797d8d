/** Building twice and comparing, for the executors `reproduce` of the plugins. Loaded by these alone. */
export { runReproduce } from './run-reproduce.ts';
export type { Reproduce } from './run-reproduce.ts';
export { reproduceOf } from './options.ts';
export type { ReproduceOptions } from './options.ts';
export type { ReproduceReport } from './report.ts';
export { compareOutputs } from './compare/outputs.ts';
export type { Compared, CompareOptions } from './compare/outputs.ts';
export { field, within } from './compare/comparer.ts';
export { bothHave } from './compare/bytes.ts';
export type { Comparer, Difference, Inside, Pair } from './compare/comparer.ts';
