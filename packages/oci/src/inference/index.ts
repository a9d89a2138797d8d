/** What plugins that build on this one load at every Nx command: nothing heavy. */
export { dockerfileInputs } from './dockerfile-inputs.ts';
export { dockerfileFacts, madeBy } from './image-facts.ts';
export type { DockerfileFacts, MadeFiles } from './image-facts.ts';
export { covering, unique } from './image-targets.ts';
export type { Input, Need } from './image-targets.ts';
export { pushFacts } from './push-facts.ts';
export type { PushFacts } from './push-facts.ts';
export { releaseOfProjectFile } from './push-targets.ts';
