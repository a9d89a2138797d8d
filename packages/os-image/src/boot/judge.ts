import { ProjectError, throwErrors } from '@ingot/workspace';
import type { BootCheck } from '../description/description.ts';
import type { BootContext } from './context.ts';
import type { MachineRun } from './machine/run.ts';
import type { BootReport, CheckReport } from './report.ts';

/** The error of a machine whose report is not complete. */
export function notUp(context: BootContext, run: MachineRun): ProjectError {
  const { end, report } = run;
  const { timeLimit, checks } = context.description.boot;
  const when =
    report.up === undefined ? 'before it was up' : `during its check ${named(checks[report.checks.length - 1])}`;
  if (end.kind === 'sign') {
    const help = `${signHelp[end.sign.code]}; nx run <project>:try opens its console`;
    return context.failure(end.sign.code, `${end.sign.message} ${when}`, run, help);
  }
  if (end.kind === 'time' || end.kind === 'done') {
    const what =
      report.up === undefined ? 'not up' : `not done with its check ${named(checks[report.checks.length - 1])}`;
    const slow = context.accelerator === 'kvm' ? '' : ' (machines without KVM are some ten times slower)';
    const help = `find out what it waits for, or raise boot.timeLimit${slow}`;
    return context.failure('INGOT_BOOT_TIMEOUT', `${what} after ${timeLimit} seconds`, run, help);
  }
  if (end.code === 0) {
    return context.failure(
      'INGOT_BOOT_ENDED',
      `the machine went off or restarted ${when}`,
      run,
      'nothing may restart it while its checks run',
    );
  }
  const how = end.code === undefined ? 'was killed' : `ended with ${end.code}`;
  return context.failure(
    'INGOT_BOOT_MACHINE',
    `qemu ${how} ${when}`,
    run,
    'boot.memory and boot.cpus may be more than there is here',
  );
}

const signHelp = {
  INGOT_BOOT_PANIC: 'the kernel says why above; often it has not found its root: see root= and the initrd’s modules',
  INGOT_BOOT_EMERGENCY:
    'something that the system needs to come up is missing: a disk in fstab, a failed unit, the root',
  INGOT_BOOT_FIRMWARE: 'the disk has no boot loader at EFI/BOOT, or one for another architecture',
} as const;

/** Throws a ProjectError INGOT_BOOT_CHECK for each check that has not passed, at its place in os-image.yaml. */
export function failedChecks(checks: readonly BootCheck[], report: BootReport, context: BootContext): void {
  const errors = checks.flatMap((check, index) => {
    const found = report.checks[index];
    return found?.passed === true ? [] : [failed(check, found, context)];
  });
  throwErrors(errors);
}

function failed(check: BootCheck, found: CheckReport | undefined, { way, architecture }: BootContext): ProjectError {
  const lines = (found?.output ?? '').split('\n').filter((line) => line.trim() !== '');
  const said = lines.length === 0 ? ', and said nothing' : `:\n${lines.slice(-15).join('\n')}`;
  const wanted =
    found?.exit === check.exit
      ? `does not say ${JSON.stringify(check.text)}`
      : `ended with ${found?.exit}, not ${check.exit}`;
  return new ProjectError('INGOT_BOOT_CHECK', `${way} ${architecture}: the check ${named(check)} ${wanted}${said}`, {
    place: check.place,
    help: 'the report beside the console’s log has its whole output; nx run <project>:try opens the console',
  });
}

function named(check: BootCheck | undefined): string {
  const line = check?.run.split('\n')[0] ?? '';
  return `\`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``;
}
