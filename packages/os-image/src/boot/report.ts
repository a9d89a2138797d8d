import type { Architecture } from '../description/description.ts';
import type { BootContext, Way } from './context.ts';
import type { Accelerator, Start } from './machine/machine.ts';
import type { End, MachineRun } from './machine/run.ts';

/** A check as it went. */
export interface CheckReport {
  readonly run: string;
  /** Undefined: it has not run, or not to its end. */
  readonly exit?: number;
  readonly expected: { readonly exit: number; readonly text?: string };
  /** The beginning of what it said. */
  readonly output: string;
  /** It said more. */
  readonly cut: boolean;
  readonly passed: boolean;
}

/** `<way>-<architecture>.json`: how a boot went. It holds times, so no two are the same. */
export interface BootReport {
  readonly ingot: 'boot-report/v1';
  readonly name: string;
  readonly version: string;
  readonly way: Way;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly start: 'kernel' | 'uefi';
  /** What the kernel was told; absent where the disk's own boot loader tells it. */
  readonly commandLine?: string;
  /** How it ended: `done` where all checks have run. */
  readonly end: End['kind'];
  /** From the kernel's start until the system was up; absent where it never was. Seconds. */
  readonly up?: number;
  /** From the machine's start to its end. Seconds. */
  readonly seconds: number;
  readonly checks: readonly CheckReport[];
  /** It was up, and every check passed. */
  readonly passed: boolean;
}

/** What is told of a machine's run. */
export function bootReport(context: BootContext, start: Start, { end, report, seconds }: MachineRun): BootReport {
  const { description, format, way, architecture, accelerator } = context;
  const checks = description.boot.checks.map(({ run, exit, text }, index): CheckReport => {
    const found = report.checks[index];
    const { output = '', cut = false } = found ?? {};
    return {
      run,
      ...(found?.exit === undefined ? {} : { exit: found.exit }),
      expected: { exit, ...(text === undefined ? {} : { text }) },
      output,
      cut,
      passed: found?.exit === exit && (text === undefined || output.includes(text)),
    };
  });
  return {
    ingot: 'boot-report/v1',
    name: description.name,
    version: format.result.version,
    way,
    architecture,
    accelerator,
    start: start.kind,
    ...(start.kind === 'kernel' ? { commandLine: start.commandLine } : {}),
    end: end.kind,
    ...(report.up === undefined ? {} : { up: report.up }),
    seconds: Math.round(seconds * 10) / 10,
    checks,
    passed: end.kind === 'done' && report.up !== undefined && checks.every(({ passed }) => passed),
  };
}
