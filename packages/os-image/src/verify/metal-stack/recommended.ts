import type { Findings } from '../finding.ts';
import type { Tree } from '../tree.ts';

/** What metal-stack's documentation recommends to install, by packages and by what they bring: one of each. */
const recommended: readonly { readonly what: string; readonly packages: RegExp; readonly programs: RegExp }[] = [
  { what: 'FRR, for routing to the host', packages: /^frr$/, programs: /^usr\/lib(exec)?\/frr\// },
  { what: 'an LLDP daemon, which tells that the machine is alive', ...by('(go-)?lldpd') },
  { what: 'ignition or cloud-init, for what users bring', ...by('ignition|cloud-init') },
  { what: 'an SSH server', packages: /^(openssh-server|dropbear)$/, programs: program('sshd|dropbear') },
  { what: 'sudo', ...by('sudo') },
  { what: 'mdadm, for RAID', ...by('mdadm') },
  { what: 'LVM', packages: /^lvm2$/, programs: program('lvm') },
  { what: 'GRUB', packages: /^grub(2|-efi|-pc)?/, programs: program('grub2?-install') },
  {
    what: 'a service that keeps the time',
    packages: /^(chrony|ntp|ntpsec|openntpd|systemd-timesyncd)$/,
    programs: /(^|\/)(chronyd|ntpd|systemd-timesyncd)$/,
  },
];

function by(name: string) {
  return { packages: new RegExp(`^(${name})$`), programs: program(name) };
}

function program(names: string): RegExp {
  return new RegExp(`(^|/)s?bin/(${names})$`);
}

/** A warning for each that is neither among the packages nor in the tree. */
export function checkRecommended(packages: readonly string[], tree: Tree, findings: Findings): void {
  const paths = [...tree.paths];
  for (const { what, packages: names, programs } of recommended) {
    if (packages.some((name) => names.test(name)) || paths.some((path) => programs.test(path))) continue;
    findings.warning('recommended', `there is not ${what}`, 'metal-stack recommends it for its machines');
  }
}

/** The names in the output of `dpkg -l` (those that are installed) or of `rpm -qa`. */
export function packageNames(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, debian] = /^[hi]i\s+([^\s:]+)/.exec(line) ?? [];
    if (debian !== undefined) return [debian];
    const [, rpm] = /^(\S+)-[^-\s]+-[^-\s]+$/.exec(line) ?? [];
    return rpm === undefined ? [] : [rpm];
  });
}
