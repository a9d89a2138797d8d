import { access, constants } from 'node:fs/promises';
import { runProgram } from '@ingot/workspace';
import type { Architecture } from '../../description/description.ts';
import { qemuArguments } from './arguments.ts';
import type { Accelerator } from './machine.ts';

/** A processor needs a fraction of a second for what the probe does. In milliseconds. */
const PROBE_LIMIT = 5000;

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: 'amd64', arm64: 'arm64' };
let found: Promise<Accelerator> | undefined;

export interface ProbeOptions {
  readonly qemu: string;
  /** A kernel of this architecture. */
  readonly kernel: string;
  readonly architecture: Architecture;
  readonly signal: AbortSignal;
  readonly device?: string;
  /** In milliseconds. */
  readonly limit?: number;
}

/**
 * KVM where a guest really runs with it, else TCG. That there is a device says nothing: a guest may hang, or run the
 * first instructions and no more. So a kernel is started without a root, which has to panic and restart within seconds.
 * Asked once in a process.
 */
export async function accelerator(options: ProbeOptions): Promise<Accelerator> {
  if (architectures[process.arch] !== options.architecture) return 'tcg';
  found ??= probe(options);
  return found.catch((error: unknown) => {
    found = undefined;
    throw error;
  });
}

/** What `accelerator` finds out. Throws the reason of `signal`. */
export async function probe({
  qemu,
  kernel,
  architecture,
  signal,
  device = '/dev/kvm',
  limit = PROBE_LIMIT,
}: ProbeOptions): Promise<Accelerator> {
  const usable = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return 'tcg';
  const machine = { architecture, accelerator: 'kvm', memory: 256, cpus: 1, drives: [] } as const;
  const start = { kind: 'kernel', kernel, commandLine: `console=${consoleOf(architecture)} panic=-1` } as const;
  const late = AbortSignal.timeout(limit);
  let panicked = false;
  const onLine = (line: string): void => {
    panicked ||= line.includes('Kernel panic - not syncing');
  };
  try {
    const args = qemuArguments({ ...machine, start }, 'log');
    const ended = await runProgram(qemu, args, { onLine, signal: AbortSignal.any([signal, late]), grace: 1000 });
    return panicked && ended?.code === 0 ? 'kvm' : 'tcg';
  } catch {
    signal.throwIfAborted();
    return 'tcg';
  }
}

/** The first serial port of qemu's machines. */
export function consoleOf(architecture: Architecture): 'ttyS0' | 'ttyAMA0' {
  return architecture === 'amd64' ? 'ttyS0' : 'ttyAMA0';
}
