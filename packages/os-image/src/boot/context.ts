import type { ProjectError } from '@ingot/workspace';
import type { Architecture, OsImageDescription } from '../description/description.ts';
import type { FormatResult } from '../format/format.ts';
import type { RootfsResult } from '../rootfs/result.ts';
import type { Accelerator, Drive, Start } from './machine/machine.ts';
import type { MachineRun } from './machine/run.ts';

/** The paths on which images get onto machines, and into their memory. */
export const ways = ['metal-stack', 'onmetal', 'ironcore', 'disk'] as const;

export type Way = (typeof ways)[number];

/** What is booted. All paths absolute. */
export interface BootInput {
  readonly description: OsImageDescription;
  readonly way: Way;
  readonly architecture: Architecture;
  readonly rootfs: RootfsResult;
  /** The folder that the paths of `rootfs` are relative to. */
  readonly rootfsFolder: string;
  /** What is shipped: the output of the target that is called as the way is. */
  readonly format: { readonly folder: string; readonly result: FormatResult };
  /** Gets `<way>-<architecture>.log` and `.json`; temporary files lie beside it. */
  readonly outputFolder: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
  /** A stage begins: "booting disk amd64". */
  readonly stage: (label: string) => void;
  /** Further ones, behind the image's own: /dev/vdb and so on. */
  readonly drives?: readonly Drive[];
  /** Default: what `accelerator` finds. */
  readonly accelerator?: Accelerator;
}

/** What a way works with. */
export interface BootContext extends BootInput {
  /** For temporary files; on the disk of the output. */
  readonly folder: string;
  /** Paths of programs. */
  readonly qemu: string;
  readonly accelerator: Accelerator;
  /** Runs a machine with a disk for its report, its console into the log; `onUp` hears that it is up. */
  readonly run: (start: Start, drives: readonly Drive[], onUp?: () => void) => Promise<MachineRun>;
  /** Adds a line to the log. */
  readonly log: (line: string) => void;
  /** The error of a machine that did not do what it should: the console's last lines, and where the whole is. */
  readonly failure: (code: ProjectError['code'], message: string, run: MachineRun, help: string) => ProjectError;
}

/** A machine that is ready to boot. */
export interface Prepared {
  readonly start: Start;
  readonly drives: readonly Drive[];
  /** Where its root file system lies in a file that the test may change: byte `offset` of `file`. */
  readonly root: { readonly file: string; readonly offset: number };
}
