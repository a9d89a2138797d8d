import type { TarMember, TarReader } from '@ingot/content';
import { some, type Findings } from '../finding.ts';
import { plain, Tree } from '../tree.ts';

/** An installer longer than this is none that a person wrote. */
const scriptSize = 1024 * 1024;

/**
 * The rules of metal-hammer for the root file system that it unpacks (cmd/install.go; the archiver that it uses), fed
 * with the members of the tar in their order.
 */
export class RootRules {
  readonly #findings: Findings;
  readonly #tree = new Tree();
  readonly #lists = {
    sparse: [] as string[],
    special: [] as string[],
    owned: [] as string[],
    setId: [] as string[],
    folders: [] as string[],
    attributes: [] as string[],
    twice: [] as string[],
    outside: [] as string[],
    unknown: [] as string[],
  };
  #script = '';

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  async visit(member: TarMember, reader: TarReader): Promise<void> {
    const path = plain(member.path);
    const lists = this.#lists;
    if (path.split('/').includes('..')) lists.outside.push(member.path);
    if (path === '') return;
    const before = this.#tree.add(path, member);
    if (before !== undefined && !(before.type === 'directory' && member.type === 'directory')) lists.twice.push(path);
    if (member.type === 'sparse' && !isPaxSparse(member)) lists.sparse.push(path);
    if (member.type === 'other') lists.unknown.push(path);
    if (['character', 'block', 'fifo'].includes(member.type)) lists.special.push(path);
    if (member.uid !== 0 || member.gid !== 0) lists.owned.push(path);
    if (losesSetId(member)) lists.setId.push(path);
    if (member.type === 'directory' && member.mode !== 0o755) lists.folders.push(path);
    if ([...member.pax.keys()].some((key) => key.startsWith('SCHILY.xattr.'))) lists.attributes.push(path);
    if (path === 'install.sh' && member.type === 'file') {
      const bytes = await reader.read(member.offset, Math.min(member.size, scriptSize));
      this.#script = bytes.toString('latin1');
    }
  }

  /** What is known after the last member. */
  finish(): Tree {
    this.#unpacks();
    this.#hasRoot();
    this.#installs();
    this.#boots();
    this.#keeps();
    return this.#tree;
  }

  /** What its archiver refuses. */
  #unpacks(): void {
    const { sparse, twice, outside, unknown } = this.#lists;
    const error = (rule: string, paths: string[], what: string, help: string): void => {
      if (paths.length > 0) this.#findings.error(rule, `${what}: ${some(paths)}`, help);
    };
    const again = 'write the archive again, from a folder that holds each path once';
    error('gnu-sparse', sparse, 'sparse entries of GNU tar, which it does not know', 'write it without --sparse');
    error('type', unknown, 'entries of a type that it does not know', again);
    error('duplicate', twice, 'paths that are there twice; what exists cannot be linked', again);
    error('path', outside, 'paths that lead out of the root', again);
  }

  #hasRoot(): void {
    const top = new Set([...this.#tree.paths].map((path) => path.split('/')[0]!));
    if (['etc', 'usr', 'bin', 'boot'].some((name) => top.has(name))) return;
    const [folder] = top;
    const inside = folder !== undefined && this.#tree.find(`${folder}/etc`) !== undefined;
    const what = inside ? `the root file system is below ${folder}/` : 'there is no root file system';
    this.#findings.error('root', what, 'the tar has to hold the root itself: etc/, usr/, boot/ at its top');
  }

  /** `/install-go` when present, else `/install.sh`. */
  #installs(): void {
    const found = ['install-go', 'install.sh'].find((path) => this.#tree.find(path) !== undefined);
    if (found === undefined) {
      const help = 'add one by `files: [{ from: install.sh, to: /install.sh, mode: 0755 }]`';
      this.#findings.error('install', 'there is neither /install.sh nor /install-go', help);
      return;
    }
    const { type, mode } = this.#tree.find(found)!;
    if (type !== 'file' || (mode & 0o111) === 0) {
      this.#findings.error('install', `/${found} cannot be run`, 'make it a file of mode 0755');
    }
    if (found === 'install.sh' && !this.#script.includes('boot-info.yaml')) {
      const help =
        'it has to write kernel, initrd, cmdline and bootloader_id there, unless a program that it calls does';
      this.#findings.warning('boot-info', '/install.sh does not speak of /etc/metal/boot-info.yaml', help);
    }
    this.#findings.note(
      'boot-info',
      'whether boot-info.yaml names a kernel and an initrd that are there is seen when the installer has run',
      'the target `boot` runs it, and boots what it says',
    );
  }

  #boots(): void {
    const inBoot = (name: RegExp) =>
      [...this.#tree.paths].some((path) => name.test(path) && this.#tree.find(path)?.type === 'file');
    const there = (...paths: string[]) => paths.some((path) => this.#tree.find(path) !== undefined);
    const findings = this.#findings;
    if (!inBoot(/^boot\/(vmlinu[xz]|kernel|bzImage|Image)[^/]*$/)) {
      findings.error('kernel', 'there is no kernel in /boot', 'install one: linux-image-amd64');
    }
    if (!inBoot(/^boot\/(initrd|initramfs)[^/]*$/)) {
      findings.error(
        'initrd',
        'there is no initial RAM disk in /boot',
        'install what makes it: initramfs-tools or dracut',
      );
    }
    if (!there('sbin/init', 'usr/sbin/init', 'etc/init', 'bin/init')) {
      findings.error('init', 'there is no /sbin/init', 'install an init system: systemd-sysv');
    }
    if (!there('etc/os-release')) {
      findings.error('os-release', 'there is no /etc/os-release', 'install base-files, or add the file');
    }
  }

  /** What its archiver lets go: it makes files and folders as root, folders 0755, anything special an empty file. */
  #keeps(): void {
    const { special, owned, folders, attributes, setId } = this.#lists;
    const warn = (rule: string, paths: string[], what: string, help: string): void => {
      if (paths.length > 0) this.#findings.warning(rule, `${what}: ${some(paths)}`, help);
    };
    const set = 'let install.sh set what matters of it';
    warn(
      'device',
      special,
      'devices and pipes become empty files',
      'leave them out: devtmpfs and tmpfiles.d make them',
    );
    warn('owner', owned, 'owners are lost, all becomes root’s', set);
    this.#keepsSetId(setId);
    warn('folder-mode', folders, 'modes of folders are lost, all become 0755', set);
    warn('attribute', attributes, 'extended attributes are lost, and capabilities with them', set);
  }

  /** Each of them is named: with another owner it is a hole, or cannot be run. */
  #keepsSetId(paths: readonly string[]): void {
    // What install-go does cannot be read in it; where it is there, install.sh is not run.
    const script = this.#tree.find('install-go') === undefined ? this.#script : '';
    const lost = paths.filter((path) => !names(script, path));
    if (lost.length === 0) return;
    this.#findings.warning(
      'set-id',
      `programs that are setuid or setgid stay so, as root’s, since owners are lost: ${lost.join(', ')}`,
      'let install.sh set owner, group and then mode of each: chown root:GROUP FILE && chmod 2755 FILE',
    );
  }
}

/** A program that runs by the rights of its owner or group, which are not root's. */
function losesSetId({ type, mode, uid, gid }: TarMember): boolean {
  return (type === 'file' || type === 'hardlink') && (mode & 0o6000) !== 0 && (uid !== 0 || gid !== 0);
}

/** Whether a script has the absolute path, and not only as the beginning of another. */
function names(script: string, path: string): boolean {
  return script.split(/[^\w./+:@%,-]+/).includes(`/${path}`);
}

function isPaxSparse({ pax }: TarMember): boolean {
  return pax.has('GNU.sparse.major') || pax.has('GNU.sparse.map');
}
