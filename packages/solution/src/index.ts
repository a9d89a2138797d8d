export * from './format/index.ts';

export { listSolution } from './list/list-solution.ts';
export type { ListedFile, ListedImage, SolutionListing } from './list/list-solution.ts';
export { formatFinding, formatVerdict, printable } from './verify/verdict.ts';
export { rules, verifySolution } from './verify/verify-solution.ts';
export type { VerifyOptions } from './verify/verify-solution.ts';
export type { Finding, Level, Rule } from './verify/finding.ts';
