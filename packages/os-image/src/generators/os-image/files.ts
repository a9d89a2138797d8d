import type { Format } from '../../description/formats.ts';

/** The builders, the usual one first. */
export const builders = ['mmdebstrap', 'dockerfile', 'rootfs', 'command'] as const;

export type BuilderName = (typeof builders)[number];

export interface Scaffold {
  readonly name: string;
  readonly builder: BuilderName;
  readonly formats: readonly Format[];
  /** There is an install.sh beside it. */
  readonly withInstaller: boolean;
}

/** A small Debian that boots, in a virtual machine at once, on hardware with the kernel of the comment. */
const packages = [
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'systemd-sysv',
  'udev',
  'dbus',
  'iproute2',
  'openssh-server',
  'sudo',
  'systemd-boot-efi',
];

export function osImageYaml({ name, builder, formats, withInstaller }: Scaffold): string {
  return `ingot: os-image/v1
name: ${name}
# {date}: the day of SOURCE_DATE_EPOCH, else that of packages.lock.
version: 12.0.${builder === 'mmdebstrap' || builder === 'dockerfile' ? '{date}' : '20260101'}
commandLine: console=tty0 console=ttyS0,115200
${builderYaml[builder]}${filesYaml(builder, withInstaller)}formats: [${formats.join(', ')}]
`;
}

const builderYaml: Readonly<Record<BuilderName, string>> = {
  mmdebstrap: `mmdebstrap:
  # Without \`sources\`: Debian's own, with updates and security fixes.
  suite: bookworm
  packages:
    # On hardware, linux-image-amd64: this kernel is for virtual machines.
${packages.map((name) => `    - ${name}\n`).join('')}  hooks:
    # Keys that are in an image are everybody's: each machine makes its own, by ssh-host-keys.conf.
    customize: ['rm -f "$1"/etc/ssh/ssh_host_*']
`,
  dockerfile: 'dockerfile: Dockerfile\n',
  rootfs: `# A tar, a folder, or the image of another project (project:NAME) or registry (docker://…, pinned by ingot.lock).
rootfs: rootfs.tar
`,
  command: `command:
  run: [./build.sh, '{output}']
  rootfs: '{output}/rootfs.tar'
  inputs: [build.sh]
`,
};

/** sshd of the packages above starts with keys of the machine. */
function filesYaml(builder: BuilderName, withInstaller: boolean): string {
  const files = [
    ...(withInstaller ? ['{ from: install.sh, to: /install.sh, mode: 0755 }'] : []),
    ...(builder === 'rootfs'
      ? []
      : ['{ from: ssh-host-keys.conf, to: /etc/systemd/system/ssh.service.d/host-keys.conf, mode: 0644 }']),
  ];
  return files.length === 0 ? '' : `files:\n${files.map((file) => `  - ${file}\n`).join('')}`;
}

export function dockerfile(): string {
  return `FROM docker.io/library/debian:bookworm-slim
# What apt leaves behind tells of the day it ran, and some packages make ids and keys by chance, which are each machine's
# own: gone in the same RUN, or two builds are never the same.
RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
      ${packages.join(' \\\n      ')} \\
 && apt-get clean \\
 && rm -rf /var/lib/apt/lists/* /var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log \\
      /var/cache/ldconfig/aux-cache /var/cache/apt/*.bin /etc/ssh/ssh_host_* /var/lib/dbus/machine-id \\
 && : >/etc/machine-id
`;
}

export function buildScript(): string {
  return `#!/bin/sh
# Leaves a root file system as "$1/rootfs.tar". Put your own build here: mkosi, Garden Linux's ./build, …
set -eu
exec mmdebstrap --variant=minbase --customize-hook='rm -f "$1"/etc/ssh/ssh_host_*' --include=${packages.join(',')} bookworm "$1/rootfs.tar"
`;
}

export function readme({ name, builder, formats, withInstaller }: Scaffold): string {
  const lock = builder === 'mmdebstrap' || builder === 'dockerfile';
  const targets = formats.map((format) => (format === 'container' ? 'image' : format));
  return `# ${name}

An operating-system image, described by [os-image.yaml](os-image.yaml).

${lock ? `    nx run ${name}:lock      # writes packages.lock: the versions that all builds install\n` : ''}    nx run ${name}:rootfs    # the root file system, with kernel, initramfs and list of packages: dist/rootfs
${targets.map((target) => `    nx run ${name}:${target}\n`).join('')}    nx run ${name}:verify    # applies the consumers' rules to the finished files
    nx run ${name}:boot      # boots them in qemu
${lock ? '\nCommit packages.lock. Security fixes arrive when it is written again: let a scheduled job do that.\n' : ''}${
    withInstaller
      ? '\ninstall.sh is what metal-stack runs on the machine: it applies /etc/metal/install.yaml, and says what to boot.\n'
      : ''
  }`;
}
