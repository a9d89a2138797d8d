import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { referee } from '../../../tools/referee.ts';
import type { Row } from '../../../tools/bench/row.ts';

export const name = 'os-image: a Debian of 120 packages, beside the bare tools';

const execute = promisify(execFile);
const packages = 'linux-image-cloud-amd64,initramfs-tools,systemd-sysv,udev,systemd-boot-efi';
const source = 'deb http://deb.debian.org/debian bookworm main';
const description = `ingot: os-image/v1
name: bench
version: 1.0.20240101
mmdebstrap: { suite: bookworm, packages: [${packages}], sources: ['${source}'] }
formats: [metal-stack, disk]
`;

/**
 * Ingot's own part of the time is what its processes take beyond the bare tools that they run: mmdebstrap, lz4 and md5sum,
 * and for disks tar, mke2fs, mkfs.vfat, mcopy, sfdisk and qemu-img. Each pair one after the other; packages come over the
 * network, so both ways of mmdebstrap run twice, and the better counts.
 */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-bench-os-image-'));
  try {
    const project = join(folder, 'project');
    mkdirSync(join(project, 'dist'), { recursive: true });
    writeFileSync(join(project, 'os-image.yaml'), description);
    const [rootfs, bareRootfs] = await best(
      () => ours('rootfs', project, join(project, 'dist/rootfs')),
      () => bare(mmdebstrap(folder)),
    );
    writeFileSync(join(project, 'dist/rootfs.json'), JSON.stringify(rootfs.printed['result']));
    const tar = join(project, 'dist/rootfs/amd64/rootfs.tar');
    const [archive, bareArchive] = await best(
      () => ours('metal-stack', project, join(folder, 'metal-stack')),
      () => bare(compress(tar, join(folder, 'img.tar.lz4'))),
    );
    const [disk, bareDisk] = await best(
      () => ours('disk', project, join(folder, 'disk')),
      () => bare(diskTools(project, folder)),
    );
    const all = { seconds: rootfs.seconds + archive.seconds + disk.seconds, printed: {} };
    const allBare = { seconds: bareRootfs.seconds + bareArchive.seconds + bareDisk.seconds, printed: {} };
    const peak = Math.max(...[rootfs, archive, disk].map(({ printed }) => Number(printed['peak'])));
    return [
      row('root file system', rootfs, bareRootfs, 'mmdebstrap'),
      row('metal-stack', archive, bareArchive, 'lz4 -9, md5sum'),
      row('disk, raw and qcow2', disk, bareDisk, 'tar, mke2fs, mkfs.vfat, mcopy, sfdisk, qemu-img'),
      { ...row('all of it: own part', all, allBare, 'the bare tools'), bound: '≤ 0.15' },
      { what: '… memory', seconds: all.seconds, rssMiB: peak, bound: '< 200 MiB' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly seconds: number;
  readonly printed: Readonly<Record<string, unknown>>;
}

type Command = readonly [string, ...string[]];

/** `ratio` is the part of the time that is Ingot's own. */
function row(what: string, mine: Measured, theirs: Measured, tools: string): Row {
  return {
    what,
    seconds: mine.seconds,
    ratio: (mine.seconds - theirs.seconds) / mine.seconds,
    against: `own part, beside ${tools}, ${theirs.seconds.toFixed(2)} s`,
    ...(mine.printed['peak'] === undefined ? {} : { rssMiB: Number(mine.printed['peak']) }),
  };
}

/** Two runs of each, in turns; the better of both. */
async function best(...ways: readonly (() => Promise<Measured>)[]): Promise<[Measured, Measured]> {
  const found: Measured[][] = ways.map(() => []);
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    for (const way of order) found[way]!.push(await ways[way]!());
  }
  const [a, b] = found.map((runs) => runs.toSorted((x, y) => x.seconds - y.seconds)[0]!);
  return [a!, b!];
}

async function ours(what: string, project: string, folder: string): Promise<Measured> {
  const program = fileURLToPath(new URL('formats/program.ts', import.meta.url));
  const { seconds, stdout } = await timed([
    process.execPath,
    '--conditions=ingot-source',
    program,
    what,
    project,
    folder,
  ]);
  return { seconds, printed: JSON.parse(stdout) as Record<string, unknown> };
}

async function bare(commands: readonly Command[]): Promise<Measured> {
  let sum = 0;
  for (const command of commands) sum += (await timed(command)).seconds;
  return { seconds: sum, printed: {} };
}

async function timed([program, ...args]: Command): Promise<{ seconds: number; stdout: string }> {
  // Nobody pays for what the one before has left to be written to the disk.
  await execute('sync');
  const started = performance.now();
  const { stdout } = await execute(program, args, { maxBuffer: 1 << 26 });
  return { seconds: (performance.now() - started) / 1000, stdout };
}

function mmdebstrap(folder: string): Command[] {
  const target = join(folder, 'bare.tar');
  return [[referee('mmdebstrap'), '--variant=minbase', `--include=${packages}`, 'bookworm', target, source]];
}

function compress(tar: string, target: string): Command[] {
  return [
    [referee('lz4'), '-q', '-f', '-9', tar, target],
    ['md5sum', target],
  ];
}

/** What one would write by hand. */
function diskTools(project: string, folder: string): Command[] {
  const [tree, disk, esp, root] = ['tree', 'bare.raw', 'bare.esp', 'bare.root'].map((each) => join(folder, each));
  const boot = join(project, 'dist/rootfs/amd64');
  const table = 'label: gpt\nsize=128MiB, type=uefi\ntype=linux\n';
  writeFileSync(join(folder, 'table'), table);
  const shell = (line: string): Command => ['sh', '-ec', line];
  return [
    ['rm', '-rf', tree!],
    ['mkdir', tree!],
    [referee('tar'), '-C', tree!, '-xf', join(boot, 'rootfs.tar')],
    ['truncate', '-s', '700M', disk!],
    shell(`${referee('sfdisk')} -q '${disk}' < '${join(folder, 'table')}'`),
    ['rm', '-f', esp!, root!],
    ['truncate', '-s', '128M', esp!],
    ['truncate', '-s', '560M', root!],
    [referee('mkfs.vfat'), '-F', '32', esp!],
    [referee('mcopy'), '-i', esp!, join(boot, 'vmlinuz'), join(boot, 'initrd'), '::'],
    [referee('mkfs.ext4'), '-q', '-F', '-d', tree!, root!],
    ['dd', `if=${esp}`, `of=${disk}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none'],
    ['dd', `if=${root}`, `of=${disk}`, 'bs=1M', 'seek=129', 'conv=notrunc,sparse', 'status=none'],
    [referee('qemu-img'), 'convert', '-O', 'qcow2', disk!, join(folder, 'bare.qcow2')],
  ];
}
