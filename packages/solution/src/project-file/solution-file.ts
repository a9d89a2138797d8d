/** solution.yaml as it is written, checked against schema/solution.schema.json. */
export interface SolutionFile {
  readonly ingot: 'solution/v1';
  readonly name: string;
  readonly version: string;
  readonly displayName?: string;
  readonly images: readonly SolutionImage[];
  readonly operator?: { readonly image: string; readonly deploy?: string };
  readonly ui?: { readonly image: string };
  readonly platform?: string;
  readonly files?: readonly SolutionFiles[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly customApiGroups?: readonly string[];
  readonly developmentRelease?: boolean;
  readonly buildInfo?: readonly ('time' | 'host' | 'revision')[];
  readonly volumeId?: string;
}

/** One entry of `images`. */
export interface SolutionImage {
  readonly from: string;
  readonly name?: string;
  readonly tag?: string;
  readonly aliases?: readonly string[];
}

/** One entry of `files`. */
export interface SolutionFiles {
  readonly from: string;
  readonly to: string;
}
