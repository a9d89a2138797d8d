/** An image as the archive carries it. */
export interface PlannedImage {
  readonly name: string;
  readonly tag: string;
  /** More tags of the same image. */
  readonly aliases: readonly string[];
  /** Digest of manifest.json's bytes. */
  readonly digest: string;
  /** Where it comes from, in the grammar of sources; paths are relative to the workspace root. */
  readonly source: string;
  /** Bytes of its config and layers, each counted once. */
  readonly size: number;
}

/** A file of the archive. Equal digests are one extent. */
export interface PlannedFile {
  readonly path: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  /** The extent's first sector of 2048 bytes; absent where the file is empty. */
  readonly sector?: number;
  /** Its owner may execute it in the workspace, so everybody may on the ISO. */
  readonly executable?: true;
}

/** A symbolic link of the archive. */
export interface PlannedLink {
  readonly path: string;
  readonly target: string;
}

/**
 * How a content's bytes are had again: written out here, a file of the workspace (path relative to its root, with `/`),
 * a blob of an image, or a blob's layer recompressed to gzip.
 */
export type PlannedContent =
  | { readonly text: string }
  | { readonly file: string }
  | { readonly source: string; readonly mediaType: string }
  | { readonly source: string; readonly recompressed: PlannedRecompression };

/** A layer that the image has in another form than MetalK8s takes: the blob that it is made of, and how. */
export interface PlannedRecompression {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  /** gzip, in Ingot's fixed segments. */
  readonly level: number;
}

/** Everything that an ISO holds and where it lies, without the bytes that are elsewhere already. */
export interface Plan {
  readonly ingot: 'plan/v1';
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  readonly volumeId: string;
  /** Of every file of the archive, in seconds since 1970. */
  readonly time: number;
  readonly images: readonly PlannedImage[];
  /** Sorted by path. */
  readonly files: readonly PlannedFile[];
  /** Sorted by path. */
  readonly links: readonly PlannedLink[];
  /** By digest; what `files` names, each once. */
  readonly contents: Readonly<Record<string, PlannedContent>>;
  /** Size of the ISO in bytes. */
  readonly size: number;
  /** Digest of the ISO's bytes before its first file: descriptors, path tables, folders. It changes with the format, too. */
  readonly head: string;
}

/**
 * The bytes of plan.json: sorted where order means nothing, so that equal plans are equal files; a line for each file,
 * so that a person (and git) can compare two plans.
 */
export function encodePlan(plan: Plan): Uint8Array {
  const { images, files, links, contents, ...facts } = plan;
  const sorted = Object.entries(contents).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = [
    ...Object.entries(facts).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    block(
      'images',
      '[]',
      images.map((each) => JSON.stringify(each)),
    ),
    block(
      'files',
      '[]',
      files.map((each) => JSON.stringify(each)),
    ),
    block(
      'links',
      '[]',
      links.map((each) => JSON.stringify(each)),
    ),
    block(
      'contents',
      '{}',
      sorted.map(([digest, each]) => `${JSON.stringify(digest)}: ${JSON.stringify(each)}`),
    ),
  ];
  return new TextEncoder().encode(`{\n${lines.join(',\n')}\n}\n`);
}

function block(key: string, brackets: '[]' | '{}', lines: readonly string[]): string {
  return `"${key}": ${brackets[0]}${lines.map((line) => `\n${line}`).join(',')}\n${brackets[1]}`;
}

/** The name of the ISO that a plan makes. */
export function isoName(plan: Pick<Plan, 'name' | 'version'>): string {
  return `${plan.name}-${plan.version}.iso`;
}
