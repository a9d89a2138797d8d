import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { BootContext, Prepared } from '../../context.ts';
import { Ext4 } from '../../ext4/ext4.ts';
import { guestFolder, installScript } from '../../guest/script.ts';
import { consoleOf } from '../../machine/accelerator.ts';
import { notUp } from '../../judge.ts';
import { kernelOf } from '../kernel.ts';
import { bootInfoPath, parseBootInfo, type BootInfo } from './boot-info.ts';
import { installYaml } from './install-yaml.ts';
import { unpackOnDisk, type RootDisk } from './root-disk.ts';

const installer = `${guestFolder}/install`;

/**
 * metal-stack's way: the archive is unpacked onto a disk, the image's own installer runs there with an install.yaml, and
 * what it then names in boot-info.yaml boots, as by metal-hammer's kexec. Nobody is root for it on this machine: the
 * installer runs in a machine of its own, which is started from the image's kernel with a script in init's place.
 * Throws ProjectErrors INGOT_BOOT_IMAGE, INGOT_BOOT_INSTALL, those of a machine that fails, and of `unpackOnDisk`.
 */
export async function prepareMetalStack(context: BootContext): Promise<Prepared> {
  const { architecture, stage } = context;
  stage(`unpacking metal-stack ${architecture}`);
  const disk = await unpackOnDisk(context, archiveOf(context));
  const root = new Ext4(disk.file, disk.offset, context.signal);
  stage(`installing metal-stack ${architecture}`);
  await install(context, disk, root);
  const info = await readBootInfo(context, root);
  const kernel = await copied(context, root, info, 'kernel');
  const initrd = await copied(context, root, info, 'initrd');
  return {
    start: { kind: 'kernel', kernel, initrd, commandLine: info.cmdline },
    drives: [{ file: disk.file, format: 'raw' }],
    root: { file: disk.file, offset: disk.offset },
  };
}

function archiveOf({ format, architecture, description }: BootContext): string {
  const found = format.result.files.find(
    (file) => file.role === 'archive' && (file.architecture ?? architecture) === architecture,
  );
  if (found !== undefined) return join(format.folder, found.path);
  throw new ProjectError('INGOT_BOOT_IMAGE', `the target metal-stack made no archive for ${architecture}`, {
    place: description.place(['architectures']),
    help: 'build it again',
  });
}

async function install(context: BootContext, disk: RootDisk, root: Ext4): Promise<void> {
  const { architecture, description, rootfs, failure } = context;
  if ((await root.find('/install.sh')) === undefined && (await root.find('/install-go')) === undefined) {
    throw new ProjectError('INGOT_BOOT_INSTALL', 'the image has neither /install-go nor /install.sh', {
      place: description.place(['formats']),
      help: 'add one by `files`: metal-hammer runs it once the image is unpacked',
    });
  }
  const console = consoleOf(architecture);
  const yaml = installYaml(description, { rootUuid: disk.uuid, console, time: rootfs.time });
  await root.put([
    { path: '/etc/metal/install.yaml', content: yaml, mode: 0o644 },
    { path: installer, content: installScript(), mode: 0o755 },
  ]);
  const run = await context.run(
    {
      kind: 'kernel',
      ...kernelOf(context),
      commandLine: `console=${console} root=UUID=${disk.uuid} rw init=${installer}`,
    },
    [{ file: disk.file, format: 'raw' }],
  );
  const [installed] = run.report.checks;
  if (installed === undefined) throw notUp(context, run);
  for (const line of installed.output.split('\n')) context.log(`installer: ${line}`);
  if (installed.exit === 0) return root.recover();
  const said = installed.output.split('\n').slice(-15).join('\n');
  const late = run.end.kind === 'time' ? `had not ended after ${description.boot.timeLimit} seconds` : 'did not end';
  const how = installed.exit === undefined ? late : `ended with ${installed.exit}`;
  throw failure(
    'INGOT_BOOT_INSTALL',
    `the image's installer ${how}${said === '' ? '' : `:\n${said}`}`,
    run,
    'metal-hammer would end the installation here',
  );
}

async function readBootInfo({ description }: BootContext, root: Ext4): Promise<BootInfo> {
  const text = await root.text(bootInfoPath);
  const place = description.place(['formats']);
  if (text !== undefined) return parseBootInfo(text, place);
  throw new ProjectError('INGOT_BOOT_INSTALL', `the image's installer has written no ${bootInfoPath}`, {
    place,
    help: 'metal-hammer reads there what it has to boot: kernel, initrd, cmdline, bootloader_id',
  });
}

/** What kexec loads, out of the image. */
async function copied(
  { folder, description }: BootContext,
  root: Ext4,
  info: BootInfo,
  what: 'kernel' | 'initrd',
): Promise<string> {
  const to = join(folder, what);
  if (await root.copyOut(`/${info[what]}`, to)) return to;
  throw new ProjectError('INGOT_BOOT_INSTALL', `${bootInfoPath}: its ${what} ${info[what]} is not in the image`, {
    place: description.place(['formats']),
    help: 'write the path that the file has in the image once the installer is through',
  });
}
