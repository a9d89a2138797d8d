import type { OsImageDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';
import type { RootfsResult } from '../rootfs/result.ts';

/** What a format is made of. All paths absolute. */
export interface FormatInput {
  readonly description: OsImageDescription;
  /** With the date filled in. */
  readonly version: string;
  /** Of all that is dated, in seconds since 1970. */
  readonly time: number;
  readonly rootfs: RootfsResult;
  /** The folder that the paths of `rootfs` are relative to. */
  readonly rootfsFolder: string;
  /** The output of the target `disk`, where the format is made of disks; else undefined. */
  readonly disks?: { readonly folder: string; readonly result: FormatResult };
  /** An empty folder; what is in it at the end becomes the target's output, as a whole. */
  readonly folder: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
  /** A stage begins: "compressing amd64"; its bytes, where they are known, then how many went by. */
  readonly stage: (label: string, total?: number) => (bytes: number) => void;
}

/** A file of a format's output. */
export interface FormatFile {
  /** Relative to the output's folder. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: string;
  /** amd64, arm64; absent where it is for all. */
  readonly architecture?: string;
  /** What it is: `archive`, `md5`, `packages`, `raw`, `qcow2`, `layout`, … */
  readonly role: string;
}

/** A manifest or index that `push` sends, of a layout in the output. */
export interface FormatRoot {
  /** The layout's folder, relative to the output's; or the archive `….oci.tar.xz` that holds it as `onmetal/`. */
  readonly layout: string;
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  /** Stands behind each tag: '', `-kernel`, `-amd64`. */
  readonly suffix: string;
}

/** `<format>.json`, beside the output: what a format's target made. */
export interface FormatResult {
  readonly ingot: 'os-image-result/v1';
  readonly format: Format;
  readonly name: string;
  readonly version: string;
  readonly files: readonly FormatFile[];
  readonly roots: readonly FormatRoot[];
  /** What the format alone has to tell. JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a format answers; name, version and format are filled in by the caller. */
export type MadeFormat = Pick<FormatResult, 'files' | 'roots'> & Pick<FormatResult, 'facts'>;

/** Makes a format's output. Throws ProjectErrors with the place in os-image.yaml. */
export type MakeFormat = (input: FormatInput) => Promise<MadeFormat>;
