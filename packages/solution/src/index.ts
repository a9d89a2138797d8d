export * from './format/index.ts';

export { SolutionError } from './error.ts';
export type { SolutionErrorFacts } from './error.ts';

export { listSolution } from './list/list-solution.ts';
export type { ListedFile, ListedImage, SolutionListing } from './list/list-solution.ts';
export { formatFinding, formatVerdict } from '@ingot/workspace';
export type { Finding, Level } from '@ingot/workspace';
export { rules, verifySolution } from './verify/verify-solution.ts';
export type { VerifyOptions } from './verify/verify-solution.ts';
export type { Fault, Rule } from './verify/finding.ts';

export { encodePlan, isoName } from './plan/plan.ts';
export type { Plan, PlannedContent, PlannedFile, PlannedImage, PlannedLink } from './plan/plan.ts';
export { planSolution } from './plan/plan-solution.ts';
export type { SolutionToPlan } from './plan/plan-solution.ts';
export { readPlan } from './plan/read-plan.ts';
export { packSolution } from './pack/pack-solution.ts';
export type { Packed, PackRequest } from './pack/pack-solution.ts';
