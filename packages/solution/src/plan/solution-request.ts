import type { OpenSource } from './open-source.ts';

/** A solution.yaml to read, and what nx.json says where it is silent. Absolute paths. */
export interface SolutionRequest {
  readonly workspaceRoot: string;
  readonly projectRoot: string;
  /** Relative to the project. */
  readonly file: string;
  readonly platform: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Opens sources whose paths are relative to the project. */
  readonly open: OpenSource;
}
