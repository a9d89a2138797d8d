import { rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { requireTools, type Tool } from '../program/tools.ts';
import { ConsoleLog } from './console-log.ts';
import type { BootContext, BootInput, Prepared, Way } from './context.ts';
import { Ext4 } from './ext4/ext4.ts';
import { plantChecks } from './guest/plant.ts';
import { checkScript, reportSerial } from './guest/script.ts';
import { failedChecks, notUp } from './judge.ts';
import { accelerator } from './machine/accelerator.ts';
import { qemuOf } from './machine/arguments.ts';
import type { Drive, Start } from './machine/machine.ts';
import { REPORT_SIZE, runMachine, type MachineRun } from './machine/run.ts';
import { bootReport, type BootReport } from './report.ts';
import { diskFull, scratchFolder } from './scratch.ts';
import { kernelOf } from './ways/kernel.ts';

const preparations: Readonly<Record<Way, () => Promise<(context: BootContext) => Promise<Prepared>>>> = {
  'metal-stack': async () => (await import('./ways/metal-stack/prepare.ts')).prepareMetalStack,
  onmetal: async () => (await import('./ways/ironcore.ts')).prepareIroncore,
  ironcore: async () => (await import('./ways/ironcore.ts')).prepareIroncore,
  disk: async () => (await import('./ways/disk.ts')).prepareDisk,
};

/** What they run beside qemu. */
const tools = {
  'metal-stack': ['debugfs', 'e2fsck', 'lz4', 'mke2fs', 'mkfs.vfat', 'mmd', 'mcopy'],
  onmetal: ['debugfs', 'qemu-img'],
  ironcore: ['debugfs', 'qemu-img'],
  disk: ['debugfs', 'qemu-img'],
} as const satisfies Record<Way, readonly Tool[]>;

/**
 * Starts an image in qemu by its consumer's path, waits until it is up, runs the author's checks in it. What is shipped is
 * not changed: the machine gets a copy. Leaves the console as `<way>-<architecture>.log` and the report as `.json` in the
 * output folder, also where checks fail. Throws the reason of `signal`, and ProjectErrors: INGOT_BOOT_CHECK (an
 * AggregateError of several), INGOT_BOOT_TIMEOUT, INGOT_BOOT_PANIC, INGOT_BOOT_EMERGENCY, INGOT_BOOT_FIRMWARE,
 * INGOT_BOOT_ENDED, INGOT_BOOT_MACHINE, INGOT_BOOT_IMAGE, INGOT_BOOT_INSTALL, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED.
 */
export async function bootImage(input: BootInput): Promise<BootReport> {
  const { way, architecture, description, outputFolder } = input;
  return inContext(input, async (context) => {
    const prepared = await (await preparations[way]())(context);
    adviseOfConsole(context, prepared.start);
    await plantChecks(
      new Ext4(prepared.root.file, prepared.root.offset, input.signal),
      checkScript(description.boot.checks),
    );
    input.stage(`booting ${way} ${architecture}`);
    const checking = () => input.stage(`checking ${way} ${architecture}`);
    const drives = [...prepared.drives, ...(input.drives ?? [])];
    const run = await context.run(prepared.start, drives, checking);
    const report = bootReport(context, prepared.start, run);
    const text = Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`);
    await writeOutput(join(outputFolder, `${way}-${architecture}.json`), text);
    if (run.end.kind !== 'done') throw notUp(context, run);
    failedChecks(description.boot.checks, report, context);
    return report;
  });
}

/**
 * Gives `work` what all ways need, and removes it afterwards. Throws ProjectErrors INGOT_TOOL_MISSING, INGOT_BOOT_IMAGE,
 * INGOT_DISK_FULL, INGOT_IMAGE_OUTPUT where the log cannot be written.
 */
export async function inContext<T>(input: BootInput, work: (context: BootContext) => Promise<T>): Promise<T> {
  const { way, architecture, outputFolder, signal, description } = input;
  const tool = qemuOf(input);
  const { [tool]: qemu } = await requireTools([tool, ...tools[way]], description.place(['boot']));
  const { kernel } = kernelOf(input);
  const log = await ConsoleLog.open(join(outputFolder, `${way}-${architecture}.log`));
  const folder = await scratchFolder(dirname(outputFolder));
  try {
    const chosen = input.accelerator ?? (await accelerator({ qemu, kernel, architecture, signal }));
    const context: BootContext = {
      ...input,
      folder,
      qemu,
      accelerator: chosen,
      log: (line) => log.add(line),
      run: (start, drives, onUp) => runLogged(context, start, drives, onUp),
      failure: (code, message, run, help) => failure(input, log.file, { code, message, help }, run),
    };
    const done = await work(context);
    log.check();
    return done;
  } catch (error) {
    throw diskFull(error, folder);
  } finally {
    log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runLogged(
  context: BootContext,
  start: Start,
  drives: readonly Drive[],
  onUp?: () => void,
): Promise<MachineRun> {
  const { architecture, accelerator: chosen, folder, qemu, signal, description } = context;
  const { memory, cpus, timeLimit } = description.boot;
  const report = join(folder, 'report');
  await rm(report, { force: true });
  await writeFile(report, '');
  await truncate(report, REPORT_SIZE);
  const machine = {
    ...{ architecture, accelerator: chosen, memory, cpus, start },
    drives: [...drives, { file: report, format: 'raw', serial: reportSerial } as const],
  };
  return runMachine(machine, {
    ...{ qemu, timeLimit, report, signal },
    onLine: context.log,
    ...(onUp ? { onUp } : {}),
  });
}

async function writeOutput(path: string, content: Uint8Array): Promise<void> {
  await writeWhole(dirname(path), async (file) => {
    await file.writeFile(content);
    return path;
  });
}

function failure(
  { way, architecture, description }: BootInput,
  logFile: string,
  { code, message, help }: { readonly code: ProjectError['code']; readonly message: string; readonly help: string },
  { tail }: MachineRun,
): ProjectError {
  const said = tail.length === 0 ? ', and its console said nothing' : `; its console ended with:\n${tail.join('\n')}`;
  return new ProjectError(code, `${way} ${architecture}: ${message}${said}`, {
    place: description.place(['boot']),
    path: logFile,
    help: `${help}\nthe whole console is in ${logFile}`,
  });
}

/** A kernel that says nothing makes a failed boot a riddle. */
function adviseOfConsole({ note, way, architecture }: BootContext, start: Start): void {
  if (start.kind !== 'kernel' || /(^|\s)console=tty(S|AMA)0\b/.test(start.commandLine)) return;
  note(
    `${way} ${architecture}: the kernel's command line has no console=ttyS0, so its log shows nothing of the kernel`,
  );
}
