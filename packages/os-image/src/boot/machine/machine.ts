import type { Architecture } from '../../description/description.ts';

/** What computes: the processor itself, or qemu in its place. */
export type Accelerator = 'kvm' | 'tcg';

/** A disk of a machine. */
export interface Drive {
  /** Absolute. */
  readonly file: string;
  readonly format: 'raw' | 'qcow2';
  /** What the machine sees as its serial number. At most 20 characters. */
  readonly serial?: string;
  /** What the machine writes is forgotten: the file stays as it is. */
  readonly discard?: boolean;
  readonly readOnly?: boolean;
}

/** Where a machine's programs come from. */
export type Start =
  | { readonly kind: 'kernel'; readonly kernel: string; readonly initrd?: string; readonly commandLine: string }
  /** `code` is read only; `variables` belongs to this machine alone. */
  | { readonly kind: 'uefi'; readonly code: string; readonly variables: string };

/** A machine for qemu. All paths absolute. */
export interface Machine {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** In MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly start: Start;
  /** In their order: the first one is /dev/vda, and what firmware boots. */
  readonly drives: readonly Drive[];
}
